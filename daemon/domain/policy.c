/* The words and numbers of policies, from the lists in the header. */
#include "domain/policy.h"

#define X(name, word) word,
const char *const stage_words[] = {STAGES(X) NULL};
const char *const escalation_words[] = {ESCALATIONS(X) NULL};
#undef X

#define X(path, field, standard, min, max)                                                         \
    {path, offsetof(struct rules, field), standard, min, max},
const struct rule_field rule_fields[] = {RULES(X)};
#undef X
const int rule_field_count = COUNT_OF(rule_fields);

#define X(path, field, standard, min, max) .field = (standard),
const struct rules rules_standard = {RULES(X)};
#undef X
