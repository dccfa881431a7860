/* API keys: made, listed, revoked. The secret is in the answer that makes it and nowhere else. */
#pragma once

#include "flow/flow.h"

extern const struct steps key_create_steps; /* POST /v1/keys */
extern const struct steps key_list_steps;   /* GET /v1/keys: `limit`, `cursor`; newest first */
extern const struct steps key_get_steps;    /* GET /v1/keys/{id} */
extern const struct steps key_delete_steps; /* DELETE /v1/keys/{id} */
