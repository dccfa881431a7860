/* Whistles, needs and projects for people. */
#pragma once

#include <jansson.h>

#include "ctl/ctl.h"

/* Prints one as lines of name and value, then its milestones and units as tables. */
void head_print(const struct ctl *ctl, const json_t *head);
