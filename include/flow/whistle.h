/* The row of whistles in the table of heads. */
#pragma once

#include "flow/head.h"

extern const struct head whistle_head;
