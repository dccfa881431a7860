/* The data of events, as the moves and the sweep write them, for figures. */
#include "wire/tally_json.h"

#include <string.h>

#include "wire/node.h"

static const char *text_at(const struct node *data, const char *key)
{
    const struct node *node = node_member(data, key);
    return node != NULL && node->type == NODE_TEXT ? node->text : NULL;
}

static int64_t int_at(const struct node *data, const char *key)
{
    const struct node *node = node_member(data, key);
    return node != NULL && node->type == NODE_INT ? node->number : 0;
}

static int word_at(const struct node *data, const char *key, const char *const *words)
{
    const char *word = text_at(data, key);
    return word == NULL ? -1 : word_find(words, word);
}

static struct instant instant_at(const struct node *data, const char *key)
{
    const char *text = text_at(data, key);
    struct instant at;
    return text != NULL && instant_parse(text, &at) ? at : INSTANT_NONE;
}

static void read_data(const struct node *data, struct fact *fact)
{
    static const char *const dues[STAGE_COUNT] = {"sign_due", "contact_due", "resolve_due"};
    static const char *const solved_words[] = {"no", "yes", NULL};
    const struct node *reached = node_member(data, "reached");
    fact->unit = text_at(data, "unit");
    fact->org = text_at(data, "org");
    fact->role = word_at(data, "role", task_role_words);
    fact->round = (int)int_at(data, "round");
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        fact->due[stage] = instant_at(data, dues[stage]);
    fact->calendar = text_at(data, "calendar");
    fact->calendar_version = int_at(data, "calendar_version");
    fact->stage = word_at(data, "stage", stage_words);
    fact->area = text_at(data, "area");
    fact->category = text_at(data, "category");
    fact->reached = reached != NULL && reached->type == NODE_BOOL && reached->flag;
    fact->solved = word_at(data, "solved", solved_words);
    fact->satisfied = word_at(data, "satisfied", satisfaction_words);
}

struct fact fact_read(const struct event *event, struct arena *arena)
{
    struct fact fact = {
        .kind = word_find(fact_words, event->move), .task = event->task, .at = event->at};
    struct error err = {.arena = arena};
    struct slice body = {event->data, event->data == NULL ? 0 : strlen(event->data)};
    struct node nothing = {.type = NODE_OBJECT}, *data = NULL;
    if (fact.kind < 0 || body.size == 0 || !node_parse(body, arena, &data, &err) ||
        data->type != NODE_OBJECT)
        data = &nothing;
    read_data(data, &fact);
    return fact;
}
