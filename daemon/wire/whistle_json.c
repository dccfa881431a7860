/* Whistles: as sent, as kept, as shown. */
#include "wire/whistle_json.h"

#include "wire/reader.h"
#include "wire/whistle_fields.h"
#include "wire/writer.h"

enum { TEXT_LIMIT = 20000, PERSONS_LIMIT = 10000 };

static const struct field target_fields[] = {
    FIELD("unit", CODE, whistle_target, unit, .required = true),
    FIELD("role", WORD, whistle_target, role, .words = task_role_words, .standard = -1),
};
static const struct shape target_shape =
    SHAPE("WhistleTarget", target_fields, whistle_target, NULL);

static const struct field sent_fields[] = {
    FIELD("kind", WORD, whistle, kind, .required = true, .words = whistle_kind_words),
    FIELD("no", CODE, whistle, no),
    FIELD("org", CODE, whistle, org),
    FIELD("reason", TEXT, whistle, reason, .required = true, .max = WHISTLE_REASON),
    FIELD("place", TEXT, whistle, place, .max = WHISTLE_PLACE),
    FIELD("targets", LIST, whistle, targets, COUNT_AT(whistle, target_count), .required = true,
          .shape = &target_shape, .max = WHISTLE_TARGETS),
};
const struct shape whistle_shape = SHAPE("WhistleAsk", sent_fields, whistle, NULL);

/* With what the targets have said since. */
static const struct field kept_target_fields[] = {
    FIELD("unit", CODE, whistle_target, unit),
    FIELD("role", WORD, whistle_target, role, .words = task_role_words, .standard = -1),
    FIELD("who", TEXT, whistle_target, who, .max = TEXT_LIMIT),
    FIELD("how_many", INT, whistle_target, how_many, .min = 1, .max = PERSONS_LIMIT),
    FIELD("result", TEXT, whistle_target, result, .max = TEXT_LIMIT),
    FIELD("solved", TRI, whistle_target, solved),
    FIELD("refusal", TEXT, whistle_target, refusal, .max = TEXT_LIMIT),
};
static const struct shape kept_target_shape =
    SHAPE("WhistleTargetKept", kept_target_fields, whistle_target, NULL);
static const struct field kept_fields[] = {
    FIELD("no", CODE, whistle, no),
    FIELD("reason", TEXT, whistle, reason, .max = WHISTLE_REASON),
    FIELD("place", TEXT, whistle, place, .max = WHISTLE_PLACE),
    FIELD("targets", LIST, whistle, targets, COUNT_AT(whistle, target_count),
          .shape = &kept_target_shape, .max = WHISTLE_TARGETS),
    FIELD("raised_key", INT, whistle, raised_key, .min = 1, .max = (double)INT64_MAX),
};
static const struct shape kept_shape = SHAPE("WhistleKept", kept_fields, whistle, NULL);

bool whistle_read(struct slice body, struct arena *arena, struct ticket *ret_draft,
                  struct error *err)
{
    struct whistle *whistle = ARENA_NEW(arena, struct whistle);
    if (!reader_read(body, &whistle_shape, arena, whistle, err))
        return false;
    for (int i = 0; i < whistle->target_count; i++)
        whistle->targets[i].solved = -1;
    ret_draft->whistle = whistle;
    return true;
}

struct slice whistle_keep(const struct ticket *ticket, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    shape_write(&text, NULL, &kept_shape, ticket->whistle, 0);
    return put_done(&text, arena);
}

void whistle_restore(struct slice stored, struct arena *arena, struct ticket *ticket)
{
    struct error ignored = {.arena = arena};
    ticket->whistle = ARENA_NEW(arena, struct whistle);
    ticket->whistle->kind = ticket->sent.kind;
    if (!reader_read(stored, &kept_shape, arena, ticket->whistle, &ignored))
        shape_clear(&kept_shape, ticket->whistle);
}

static const struct task *task_of(const struct whistle_view *view, const char *unit)
{
    const struct task *found = NULL;
    for (int i = 0; i < view->task_count; i++)
        if (text_equal(view->tasks[i].unit, unit))
            found = &view->tasks[i];
    return found;
}

static void put_clocks(struct text *text, const struct task *task, const struct instant_form *form)
{
    static const char *const dues[STAGE_COUNT] = {"acknowledge_due", "arrive_due", "result_due"};
    static const char *const mets[STAGE_COUNT] = {"acknowledged_at", "arrived_at", "result_at"};
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        put_instant(text, dues[stage], task->due[stage], form);
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        put_instant(text, mets[stage], task->met[stage], form);
    put_begin(text, "overdue", '[');
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        if ((task->overdue >> stage & 1) != 0)
            put_text(text, NULL, stage_word(ORIGIN_WHISTLE, stage));
    put_end(text, ']');
}

static void put_rating(struct text *text, const char *key, int64_t rating)
{
    if (rating < 0)
        put_null(text, key);
    else
        put_int(text, key, rating);
}

static void put_target(struct text *text, const struct whistle_view *view,
                       const struct whistle_target *target, const struct instant_form *form)
{
    const struct task *task = task_of(view, target->unit);
    put_begin(text, NULL, '{');
    put_text(text, "unit", target->unit);
    put_word(text, "role", task_role_words, target->role);
    if (task != NULL) {
        put_text(text, "task",
                 arena_format(form->arena, "%lld-%d", (long long)view->ticket->id, task->number));
        put_text(text, "org", task->org);
        put_word(text, "state", task_state_words, task->state);
        put_word(text, "level", level_words, task->level);
        put_clocks(text, task, form);
        put_given(text, "who", target->who);
        if (target->how_many > 0)
            put_int(text, "how_many", target->how_many);
        put_given(text, "result", target->result);
        if (target->solved >= 0)
            put_flag(text, "solved", target->solved == 1);
        put_given(text, "refusal", target->refusal);
        put_rating(text, "rating", task->rating);
        put_rating(text, "rating_back", task->rating_back);
    }
    put_end(text, '}');
}

static void put_raiser(struct text *text, const struct ticket *ticket, struct arena *arena)
{
    int64_t key = ticket->whistle->raised_key;
    put_begin(text, "raised_by", '{');
    put_text(text, "key", key == 0 ? NULL : arena_format(arena, "%lld", (long long)key));
    put_text(text, "org", ticket->sent.source);
    put_end(text, '}');
}

/* true, false, or null where there is no such clock or it still runs. */
static void put_timely(struct text *text, const struct whistle_part *part)
{
    put_begin(text, "timely", '{');
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        const char *key = stage_word(ORIGIN_WHISTLE, stage);
        if (part->in_time[stage] < 0)
            put_null(text, key);
        else
            put_flag(text, key, part->in_time[stage] == 1);
    }
    put_end(text, '}');
}

static void put_part(struct text *text, const struct whistle_target *target,
                     const struct whistle_part *part)
{
    put_begin(text, NULL, '{');
    put_text(text, "unit", target->unit);
    put_word(text, "role", task_role_words, target->role);
    put_real(text, "outcome", part->outcome);
    put_timely(text, part);
    put_real(text, "in_time", part->timely);
    put_rating(text, "rating", part->task->rating);
    put_real(text, "weight", part->weight);
    put_real(text, "score", part->score);
    put_real(text, "credit", part->credit);
    put_end(text, '}');
}

static void put_score(struct text *text, const struct whistle *whistle,
                      const struct whistle_score *score)
{
    put_begin(text, "score", '{');
    put_begin(text, "street", '{');
    put_real(text, "outcome", score->outcome);
    put_real(text, "rating_back", score->rating_back * 100);
    put_real(text, "score", score->score);
    put_real(text, "credit", score->credit);
    put_end(text, '}');
    put_begin(text, "targets", '[');
    for (int i = 0; i < score->count; i++)
        if (score->parts[i].counts)
            put_part(text, &whistle->targets[i], &score->parts[i]);
    put_end(text, ']');
    put_end(text, '}');
}

struct slice whistle_write(const struct whistle_view *view, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    const struct ticket *ticket = view->ticket;
    const struct whistle *whistle = ticket->whistle;
    struct instant_form form = {arena, view->offset_s};
    put_begin(&text, NULL, '{');
    put_text(&text, "id", ticket->no);
    put_word(&text, "state", whistle_state_words, ticket->state);
    put_int(&text, "version", ticket->version);
    put_word(&text, "kind", whistle_kind_words, ticket->sent.kind);
    put_word(&text, "urgency", urgency_words, ticket->sent.urgency);
    put_text(&text, "org", ticket->head_org);
    put_raiser(&text, ticket, arena);
    put_text(&text, "no", whistle->no);
    put_text(&text, "area", ticket->sent.area);
    put_text(&text, "category", ticket->sent.category);
    put_text(&text, "title", ticket->sent.title);
    put_text(&text, "reason", whistle->reason);
    put_text(&text, "place", whistle->place);
    put_instant(&text, "raised_at", ticket->received_at, &form);
    put_instant(&text, "approved_at", ticket->dispatched_at, &form);
    put_instant(&text, "ended_at", ticket->ended_at, &form);
    put_begin(&text, "targets", '[');
    for (int i = 0; i < whistle->target_count; i++)
        put_target(&text, view, &whistle->targets[i], &form);
    put_end(&text, ']');
    if (view->score != NULL)
        put_score(&text, whistle, view->score);
    put_end(&text, '}');
    return put_done(&text, arena);
}
