/* The words of a ticket's lists, made from the lists themselves. */
#include "domain/ticket.h"

#define X(name, word) word,
const char *const origin_words[] = {ORIGINS(X) NULL};
const char *const ticket_kind_words[] = {TICKET_KINDS(X) NULL};
const char *const whistle_kind_words[] = {WHISTLE_KINDS(X) NULL};
const char *const policy_kind_words[] = {TICKET_KINDS(X) WHISTLE_KINDS(X) "need", "project", NULL};
const char *const urgency_words[] = {URGENCIES(X) NULL};
const char *const channel_words[] = {CHANNELS(X) NULL};
const char *const then_words[] = {THENS(X) NULL};
const char *const ticket_state_words[] = {TICKET_STATES(X) NULL};
const char *const whistle_state_words[] = {WHISTLE_STATES(X) NULL};
const char *const offer_state_words[] = {OFFER_STATES(X) NULL};
const char *const task_state_words[] = {TASK_STATES(X) NULL};
const char *const task_role_words[] = {TASK_ROLES(X) NULL};
const char *const basis_words[] = {BASES(X) NULL};
#undef X

const char *const *origin_kind_words(int origin)
{
    static const char *const project_kind_words[] = {"project", NULL};
    const char *const *const words[ORIGIN_COUNT] = {
        [ORIGIN_TICKET] = ticket_kind_words,
        [ORIGIN_WHISTLE] = whistle_kind_words,
        [ORIGIN_NEED] = resource_kind_words,
        [ORIGIN_PROJECT] = project_kind_words,
    };
    return words[origin];
}

const char *const *origin_state_words(int origin)
{
    const char *const *const words[ORIGIN_COUNT] = {
        [ORIGIN_TICKET] = ticket_state_words,
        [ORIGIN_WHISTLE] = whistle_state_words,
        [ORIGIN_NEED] = offer_state_words,
        [ORIGIN_PROJECT] = offer_state_words,
    };
    return words[origin];
}

const char *const all_stage_words[] = {"sign",   "contact", "resolve", "acknowledge",
                                       "arrive", "result",  NULL};

const char *stage_word(int origin, int stage)
{
    return all_stage_words[origin == ORIGIN_WHISTLE ? STAGE_COUNT + stage : stage];
}

int word_find(const char *const *words, const char *word)
{
    for (int i = 0; words[i] != NULL; i++)
        if (text_equal(words[i], word))
            return i;
    return -1;
}
