/* Answers that refuse (RFC 9457), for people. */
#pragma once

#include <jansson.h>

#include "ctl/http.h"

/* Says on stderr what was refused, a line per faulty place. `where` stands in front ("ticket 3"),
 * NULL: nothing. */
void refusal_say(const struct http_answer *answer, const char *where);
/* The same for one of a batch. */
void refusal_say_problem(const json_t *problem, int status, const char *where,
                         const char *request_id);
