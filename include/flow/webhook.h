/* Webhooks for the admin: made, shown, changed, ended; their secrets, log, replays and test calls.
 * And for supervisors what could not be delivered. */
#pragma once

#include "flow/flow.h"

extern const struct steps webhook_create_steps, webhook_list_steps, webhook_get_steps,
    webhook_patch_steps, webhook_delete_steps, webhook_secret_add_steps, webhook_secret_drop_steps,
    webhook_test_steps, webhook_log_steps, webhook_replay_steps, undelivered_steps,
    undelivered_replay_steps;
