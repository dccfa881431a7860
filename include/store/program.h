/* Runs another program to its end, within a limit, as another user if need be. For the few programs
 * of PostgreSQL before the event loop starts and after it ends; nothing here reads input. */
#pragma once

#include <sys/types.h>

#include "base/error.h"
#include "base/instant.h"

struct program_user {
    uid_t uid;
    gid_t gid;
};

struct program {
    const char *const *arguments;    /* the program's absolute path first, NULL last */
    const struct program_user *user; /* NULL: as we are */
    int folder;                      /* a directory that it finds as PROGRAM_FOLDER; -1: none */
    struct span limit;               /* it is killed after */
};

#define PROGRAM_FOLDER "/proc/self/fd/3"

/* True if it ended with status 0. `ret_output` gets what it wrote, also on failure; it and its
 * descendants see a bare environment, so nothing preloaded into us (a faked clock) reaches them. */
MUST_CHECK bool program_run(const struct program *program, struct text *ret_output,
                            struct error *err);
