/* Random registries for tests, from a seed: small codes that meet often, so that every rule of
 * matching has something to do. */
#pragma once

#include "domain/snapshot.h"

/* The next numbers from this seed. */
void random_seed(uint64_t seed);
/* 0..sides - 1. */
int random_below(int sides);
/* One of the codes that random registries use; in the arena. */
const char *random_area(struct arena *arena);
const char *random_category(struct arena *arena);
const char *random_code(struct arena *arena, const char *prefix, int count);
struct date random_day(void); /* of 2026 */
enum { RANDOM_CATEGORIES = 42 };
/* One of the categories; some stand below another top than their code says. */
struct registry_row *random_category_row(int number);
/* A resource, unit, org or agreement with one of its few codes; version as given. The caller owns
 * the reference. */
struct registry_row *random_row(int kind, int64_t version);
