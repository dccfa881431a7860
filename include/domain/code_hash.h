/* A code as a number, so that counts by code are found without touching any text. It stands for the
 * code itself: that two of a million codes are the same number has a chance below 2^-24, and then
 * two rows would share a count that only ranks candidates. */
#pragma once

#include <stdint.h>

/* Never 0. */
uint64_t code_hash(const char *code);
