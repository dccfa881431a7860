/* The words of the registry's lists, made from the lists themselves. */
#include "domain/registry.h"

#define X(name, word) word,
const char *const level_words[] = {LEVELS(X) NULL};
const char *const org_kind_words[] = {ORG_KINDS(X) NULL};
const char *const unit_kind_words[] = {UNIT_KINDS(X) NULL};
const char *const formation_words[] = {FORMATIONS(X) NULL};
const char *const resource_kind_words[] = {RESOURCE_KINDS(X) NULL};
const char *const status_words[] = {STATUSES(X) NULL};
const char *const registry_plurals[] = {REGISTRY_KINDS(X) NULL};
#undef X
