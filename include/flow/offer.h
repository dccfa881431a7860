/* The rows of needs and projects in the table of heads. */
#pragma once

#include "flow/head.h"

extern const struct head need_head;
extern const struct head project_head;
