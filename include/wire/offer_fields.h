/* The shapes of needs and projects as they are sent. Internal to wire. */
#pragma once

#include "wire/shape.h"

extern const struct shape need_sent_shape;
extern const struct shape project_sent_shape;
