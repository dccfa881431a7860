/* The shapes of what is sent and shown about webhooks. Internal to wire. */
#pragma once

#include "wire/shape.h"

extern const struct shape webhook_shape, secret_ask_shape, replay_shape;
extern const struct shape webhook_shown_shape, secret_shown_shape, replayed_shape, delivery_shape;
