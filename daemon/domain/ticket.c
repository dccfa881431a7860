/* The words of a ticket's lists, made from the lists themselves. */
#include "domain/ticket.h"

#define X(name, word) word,
const char *const ticket_kind_words[] = {TICKET_KINDS(X) NULL};
const char *const urgency_words[] = {URGENCIES(X) NULL};
const char *const channel_words[] = {CHANNELS(X) NULL};
const char *const then_words[] = {THENS(X) NULL};
const char *const ticket_state_words[] = {TICKET_STATES(X) NULL};
const char *const task_state_words[] = {TASK_STATES(X) NULL};
const char *const task_role_words[] = {TASK_ROLES(X) NULL};
const char *const basis_words[] = {BASES(X) NULL};
#undef X

int word_find(const char *const *words, const char *word)
{
    for (int i = 0; words[i] != NULL; i++)
        if (text_equal(words[i], word))
            return i;
    return -1;
}
