/* Two statements for a whole batch, before it is decided; how like texts are is reckoned here. What
 * makes it quick: tickets that ask for the same street, category and areas ask once, and of those
 * that may be like only sketches are read, never texts. */
#include "flow/hints.h"

#include <string.h>

#include "base/map.h"
#include "domain/area.h"
#include "domain/code_hash.h"

enum { DAY_SECONDS = 86400 };

static const struct rules *rules_for(const struct flow *flow, const struct submission *sent)
{
    struct policy_key key = {sent->area, sent->category, sent->kind, sent->urgency,
                             -1,         ORIGIN_TICKET};
    const struct policy *policy = snapshot_policy_for(flow->snapshot, &key);
    return policy == NULL ? &rules_standard : &policy->rules;
}

/* Of a caller who is to stay unknown no two tickets are brought together. */
static void trace_caller(struct trace *trace, const struct flow *flow,
                         const struct submission *sent)
{
    const char *phone = sent->petitioner.phone;
    if (phone == NULL || sent->kind == TICKET_REPORT || sent->petitioner.secret)
        return;
    char *digits = arena_copy(flow->arena, phone);
    size_t kept = 0;
    for (const char *at = phone; *at != '\0'; at++)
        if (*at >= '0' && *at <= '9')
            digits[kept++] = *at;
    digits[kept] = '\0';
    if (kept == 0)
        return;
    trace->caller = digits;
    trace->phone = vault_phone(&flow->context->vault, phone, flow->arena);
}

/* What all areas begin with. */
static const char *area_over(const struct names *areas, struct arena *arena)
{
    size_t size = strlen(areas->at[0]);
    for (int i = 1; i < areas->count; i++)
        while (strncmp(areas->at[0], areas->at[i], size) != 0)
            size--;
    return arena_bytes(arena, areas->at[0], size);
}

struct trace *hints_trace(struct flow *flow, const struct submission *sent)
{
    const struct rules *rules = rules_for(flow, sent);
    if (rules->hints_days < 1 || rules->hints_at_most < 1 || flow->scope.areas.count == 0)
        return NULL;
    struct trace *trace = ARENA_NEW(flow->arena, struct trace);
    trace->arena = flow->arena;
    trace->rules = rules;
    trace->scope = &flow->scope;
    trace->place = (struct place){sent->area, sent->lon, sent->lat};
    const char *street = area_street(flow->arena, sent->area);
    trace->spot = likeness_spot(flow->arena, sent->category, sent->area);
    trace->areas = names_join(flow->arena, &flow->scope.areas, " ");
    trace->above = area_over(&flow->scope.areas, flow->arena);
    trace->whole_street = scope_has_area(&flow->scope, street);
    likeness_sketch(sent->title, sent->content, &trace->sketch);
    trace_caller(trace, flow, sent);
    return trace;
}

/* Each question once, with all that ask it. */
static void gather_questions(struct questions *questions, struct trace **traces, int count,
                             struct arena *arena)
{
    struct map *known = map_new((size_t)count);
    questions->asking = ARENA_ARRAY(arena, struct trace *, count);
    for (int i = 0; i < count; i++) {
        struct trace *trace = traces[i];
        if (trace == NULL)
            continue;
        const struct rules *rules = trace->rules;
        const char *text =
            arena_format(arena, "%s %d %d %s", trace->spot, (int)rules->hints_looked_at,
                         (int)rules->hints_days, trace->whole_street ? "" : trace->areas);
        struct trace **place = map_get(known, text);
        if (place == NULL) {
            place = &questions->asking[questions->count++];
            map_put(known, text, place);
        }
        trace->stored = trace->called = (struct hints){0};
        trace->next_asking = *place;
        *place = trace;
    }
    map_free(known);
}

/* The first id that counts: ids hold the time. */
static int64_t since(const struct flow *flow, const struct trace *trace)
{
    int64_t days = (int64_t)trace->rules->hints_days;
    return context_first_id(instant_add(flow->now, SECONDS(-days * DAY_SECONDS)));
}

static void ask_likes(struct flow *flow, struct trace **asking, int count)
{
    struct args *args = work_add(flow_work(flow), STMT_LIKENESS_FIND);
    ARGS_COLUMN(args, int, INT, count, i);
    ARGS_COLUMN(args, int, INT, count, (int64_t)code_hash(asking[i]->spot));
    ARGS_COLUMN(args, int, INT, count, since(flow, asking[i]));
    ARGS_COLUMN(args, int, INT, count, (int64_t)asking[i]->rules->hints_looked_at);
    ARGS_COLUMN(args, text, TEXT, count, asking[i]->whole_street ? NULL : asking[i]->areas);
}

static struct slice hash_bytes(const struct crypt_hash *hash)
{
    return (struct slice){(const char *)hash->at, sizeof(hash->at)};
}

static void ask_callers(struct flow *flow, struct trace **calling, int count)
{
    struct args *args = work_add(flow_work(flow), STMT_IDENTITY_SAME_CALLER);
    ARGS_COLUMN(args, int, INT, count, i);
    ARGS_COLUMN(args, bytes, BYTES, count, hash_bytes(&calling[i]->phone));
    ARGS_COLUMN(args, int, INT, count, since(flow, calling[i]));
    ARGS_COLUMN(args, int, INT, count, (int64_t)calling[i]->rules->hints_at_most);
    ARGS_COLUMN(args, text, TEXT, count, calling[i]->above);
    ARGS_COLUMN(args, text, TEXT, count,
                calling[i]->scope->areas.count < 2 ? NULL : calling[i]->areas);
}

struct questions hints_ask(struct flow *flow, struct trace **traces, int count)
{
    struct questions questions = {.calling = ARENA_ARRAY(flow->arena, struct trace *, count)};
    int called = 0;
    gather_questions(&questions, traces, count, flow->arena);
    if (questions.count == 0)
        return questions;
    for (int i = 0; i < count; i++)
        if (traces[i] != NULL && traces[i]->caller != NULL)
            questions.calling[called++] = traces[i];
    ask_likes(flow, questions.asking, questions.count);
    ask_callers(flow, questions.calling, called);
    return questions;
}

void hints_read(struct flow *flow, const struct questions *questions, int first)
{
    struct rows rows = work_rows(flow->work, first);
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        struct trace *asking = questions->asking[row_int(&row)];
        struct slice packed = row_view(&row);
        for (size_t at = 0; at + LIKE_BYTES <= packed.size; at += LIKE_BYTES) {
            struct like like = like_unpack((const unsigned char *)packed.at + at);
            for (struct trace *one = asking; one != NULL; one = one->next_asking)
                hints_compare(&one->stored, one, &like, one->arena);
        }
    }
    rows = work_rows(flow->work, first + 1);
    for (int i = 0; i < rows.count; i++) {
        struct row row = rows_at(&rows, i, flow->arena);
        struct trace *trace = questions->calling[row_int(&row)];
        struct similar other = {.ticket = row_int(&row)};
        other.no = arena_copy(trace->arena, row_text(&row));
        hints_add(&trace->called, other, (int)trace->rules->hints_at_most, trace->arena);
    }
}
