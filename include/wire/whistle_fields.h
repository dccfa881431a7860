/* The shape of a whistle as it is sent. Internal to wire. */
#pragma once

#include "wire/shape.h"

extern const struct shape whistle_shape;
