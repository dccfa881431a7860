/* The only reader of the time. Rules never call it: they get `now` as an argument. */
#pragma once

#include "base/instant.h"

/* The time of day. With a clock file (tests), the RFC 3339 instant in that file. */
struct instant clock_now(void);
/* A clock that never steps, for measuring and for leases within the process. */
struct span clock_steady(void);
/* Reads the time from this file from now on; NULL: from the system. For tests only. */
void clock_from_file(const char *path);
