/* What is shown once: keys and webhooks' secrets. The file that one goes to is made before it is,
 * and a lost answer is not asked for again. */
#pragma once

#include <jansson.h>

#include "ctl/ctl.h"

/* The option of commands that make one. */
#define SECRET_OPTION                                                                              \
    {                                                                                              \
        "out", "FILE", "write the secret to this new file (mode 0600) instead of showing it",      \
            false                                                                                  \
    }

/* POSTs the body and shows the answer; with --out the answer's `member` goes to that file instead.
 * Returns an exit code. */
int secret_post(struct ctl *ctl, const char *path, const json_t *body, const char *member);
