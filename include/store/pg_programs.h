/* Where the programs of a PostgreSQL server are on this machine. */
#pragma once

#include "base/error.h"

enum { PG_OLDEST = 15 };

struct pg_programs {
    const char *folder;
    int version; /* major */
};

/* Looks in `configured` alone or, if that is empty, where distributions put them and in PATH;
 * takes major version `version`, or with 0 the newest. Texts live in `arena`. */
MUST_CHECK bool pg_programs_find(const char *configured, int version, struct arena *arena,
                                 struct pg_programs *ret_programs, struct error *err);
