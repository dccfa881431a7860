/* Needs and projects: as sent, as kept, as shown. */
#include "wire/offer_json.h"

#include <math.h>

#include "wire/offer_fields.h"
#include "wire/reader.h"
#include "wire/writer.h"

enum { TEXT_LIMIT = 20000, SECRETARY_LIMIT = 100, DAY_S = 86400 };

/* Both as they are sent; a need has no lists, a project no kind. */
struct offer_sent {
    const char *area, *org, *category, *title, *content, *secretary;
    int kind; /* enum resource_kind */
    int64_t quantity;
    struct names needs, resources;
    int milestone_count;
    struct milestone *milestones;
};

static const struct field milestone_fields[] = {
    FIELD("title", TEXT, milestone, title, .required = true, .max = TITLE_LIMIT),
    FIELD("due", DATE, milestone, due),
};
static const struct shape milestone_shape = SHAPE("Milestone", milestone_fields, milestone, NULL);

static const struct field need_fields[] = {
    FIELD("area", AREA, offer_sent, area, .required = true),
    FIELD("org", CODE, offer_sent, org),
    FIELD("category", CODE, offer_sent, category),
    FIELD("kind", WORD, offer_sent, kind, .required = true, .words = resource_kind_words),
    FIELD("quantity", INT, offer_sent, quantity, .standard = 1, .min = 1, .max = OFFER_QUANTITY),
    FIELD("title", TEXT, offer_sent, title, .required = true, .max = TITLE_LIMIT),
    FIELD("content", TEXT, offer_sent, content, .max = CONTENT_LIMIT),
};
const struct shape need_sent_shape = SHAPE("NeedAsk", need_fields, offer_sent, NULL);

static const struct field project_fields[] = {
    FIELD("area", AREA, offer_sent, area),
    FIELD("org", CODE, offer_sent, org),
    FIELD("category", CODE, offer_sent, category),
    FIELD("title", TEXT, offer_sent, title, .required = true, .max = TITLE_LIMIT),
    FIELD("content", TEXT, offer_sent, content, .max = CONTENT_LIMIT),
    FIELD("needs", NAMES, offer_sent, needs, .of = FIELD_CODE, .max = OFFER_NEEDS),
    FIELD("resources", NAMES, offer_sent, resources, .of = FIELD_CODE, .max = OFFER_RESOURCES),
    FIELD("secretary", TEXT, offer_sent, secretary, .required = true, .max = SECRETARY_LIMIT),
    FIELD("milestones", LIST, offer_sent, milestones, COUNT_AT(offer_sent, milestone_count),
          .shape = &milestone_shape, .max = OFFER_MILESTONES),
};
const struct shape project_sent_shape = SHAPE("ProjectAsk", project_fields, offer_sent, NULL);

static const struct field kept_milestone_fields[] = {
    FIELD("title", TEXT, milestone, title, .max = TITLE_LIMIT),
    FIELD("due", DATE, milestone, due),
    FIELD("done_at", INSTANT, milestone, done_at),
    FIELD("note", TEXT, milestone, note, .max = TEXT_LIMIT),
};
static const struct shape kept_milestone_shape =
    SHAPE("MilestoneKept", kept_milestone_fields, milestone, NULL);

static const struct field share_fields[] = {
    FIELD("task", INT, share, task, .min = 1, .max = INT32_MAX),
    FIELD("result", TEXT, share, result, .max = TEXT_LIMIT),
    FIELD("note", TEXT, share, note, .max = TEXT_LIMIT),
    FIELD("note_back", TEXT, share, note_back, .max = TEXT_LIMIT),
};
static const struct shape share_shape = SHAPE("ShareKept", share_fields, share, NULL);

static const struct field kept_fields[] = {
    FIELD("quantity", INT, offer, quantity, .standard = 0, .min = 1, .max = OFFER_QUANTITY),
    FIELD("secretary", TEXT, offer, secretary, .max = SECRETARY_LIMIT),
    FIELD("needs", NAMES, offer, needs, .of = FIELD_CODE, .max = OFFER_NEEDS),
    FIELD("resources", NAMES, offer, resources, .of = FIELD_CODE, .max = OFFER_RESOURCES),
    FIELD("milestones", LIST, offer, milestones, COUNT_AT(offer, milestone_count),
          .shape = &kept_milestone_shape, .max = OFFER_MILESTONES),
    FIELD("project", CODE, offer, project),
    FIELD("paired", NAMES, offer, paired, .of = FIELD_CODE, .max = INT32_MAX),
    FIELD("published_at", INSTANT, offer, published_at),
    FIELD("open_at", INSTANT, offer, open_at),
    FIELD("finish_by", INSTANT, offer, finish_by),
    FIELD("shares", LIST, offer, shares, COUNT_AT(offer, share_count), .shape = &share_shape,
          .max = INT32_MAX),
};
static const struct shape kept_shape = SHAPE("OfferKept", kept_fields, offer, NULL);

static bool draft_read(struct slice body, const struct shape *shape, struct arena *arena,
                       struct ticket *ret_draft, struct error *err)
{
    struct offer_sent sent = {0};
    if (!reader_read(body, shape, arena, &sent, err))
        return false;
    struct offer *offer = ARENA_NEW(arena, struct offer);
    shape_clear(&kept_shape, offer);
    offer->org = sent.org;
    offer->quantity = sent.quantity;
    offer->secretary = sent.secretary;
    offer->needs = sent.needs;
    offer->resources = sent.resources;
    offer->milestone_count = sent.milestone_count;
    offer->milestones = sent.milestones;
    for (int i = 0; i < offer->milestone_count; i++)
        offer->milestones[i].done_at = INSTANT_NONE;
    ret_draft->offer = offer;
    ret_draft->sent = (struct submission){.kind = sent.kind,
                                          .channel = -1,
                                          .then = -1,
                                          .category = sent.category,
                                          .area = sent.area,
                                          .title = sent.title,
                                          .content = sent.content,
                                          .lon = NAN,
                                          .lat = NAN,
                                          .occurred_at = INSTANT_NONE};
    return true;
}

bool need_read(struct slice body, struct arena *arena, struct ticket *ret_draft, struct error *err)
{
    return draft_read(body, &need_sent_shape, arena, ret_draft, err);
}

bool project_read(struct slice body, struct arena *arena, struct ticket *ret_draft,
                  struct error *err)
{
    return draft_read(body, &project_sent_shape, arena, ret_draft, err);
}

struct slice offer_keep(const struct ticket *ticket, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    shape_write(&text, NULL, &kept_shape, ticket->offer, 0);
    return put_done(&text, arena);
}

void offer_restore(struct slice stored, struct arena *arena, struct ticket *ticket)
{
    struct error ignored = {.arena = arena};
    ticket->offer = ARENA_NEW(arena, struct offer);
    if (!reader_read(stored, &kept_shape, arena, ticket->offer, &ignored))
        shape_clear(&kept_shape, ticket->offer);
}

/* The day at the place of the answer's times. */
static struct date today(const struct offer_view *view)
{
    int64_t seconds = view->now.us / 1000000 + view->offset_s;
    return (struct date){(int32_t)(seconds / DAY_S)};
}

static void put_milestones(struct text *text, const struct offer_view *view,
                           const struct instant_form *form)
{
    const struct offer *offer = view->ticket->offer;
    put_begin(text, "milestones", '[');
    for (int i = 0; i < offer->milestone_count; i++) {
        const struct milestone *milestone = &offer->milestones[i];
        bool dated = date_set(milestone->due), done = instant_set(milestone->done_at);
        put_begin(text, NULL, '{');
        put_text(text, "title", milestone->title);
        put_text(text, "due", dated ? date_format(form->arena, milestone->due) : NULL);
        put_instant(text, "done_at", milestone->done_at, form);
        put_given(text, "note", milestone->note);
        put_flag(text, "overdue", dated && !done && milestone->due.day < today(view).day);
        put_end(text, '}');
    }
    put_end(text, ']');
}

static void put_rating(struct text *text, const char *key, int64_t rating)
{
    if (rating < 0)
        put_null(text, key);
    else
        put_int(text, key, rating);
}

static void put_taker(struct text *text, const struct offer_view *view, int place,
                      const struct instant_form *form)
{
    const struct task *task = &view->tasks[place];
    const struct share *share = offer_share(view->ticket->offer, task->number);
    put_begin(text, NULL, '{');
    put_text(text, "unit", task->unit);
    put_text(text, "org", task->org);
    put_word(text, "role", task_role_words, task->role);
    put_word(text, "state", task_state_words, task->state);
    put_instant(text, "taken_at", task->arrived_at, form);
    if (view->whole[place]) {
        put_text(text, "task",
                 arena_format(form->arena, "%lld-%d", (long long)view->ticket->id, task->number));
        put_instant(text, "due", task->due[STAGE_RESOLVE], form);
        put_instant(text, "finished_at", task->met[STAGE_RESOLVE], form);
        put_text(text, "result", share == NULL ? NULL : share->result);
        put_rating(text, "rating", task->rating);
        put_given(text, "rating_note", share == NULL ? NULL : share->note);
        put_rating(text, "rating_back", task->rating_back);
        put_given(text, "rating_back_note", share == NULL ? NULL : share->note_back);
    }
    put_end(text, '}');
}

/* What only the one or the other has. */
static void put_own(struct text *text, const struct offer_view *view,
                    const struct instant_form *form)
{
    const struct ticket *ticket = view->ticket;
    const struct offer *offer = ticket->offer;
    if (ticket->origin == ORIGIN_NEED) {
        put_word(text, "kind", resource_kind_words, ticket->sent.kind);
        put_int(text, "quantity", offer->quantity);
        put_text(text, "project", offer->project);
        return;
    }
    put_text(text, "secretary", offer->secretary);
    put_names(text, "needs", &offer->needs);
    put_names(text, "resources", &offer->resources);
    put_milestones(text, view, form);
    put_instant(text, "due", offer->finish_by, form);
}

struct slice offer_write(const struct offer_view *view, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    const struct ticket *ticket = view->ticket;
    const struct offer *offer = ticket->offer;
    struct instant_form form = {arena, view->offset_s};
    put_begin(&text, NULL, '{');
    put_text(&text, "id", ticket->no);
    put_word(&text, "state", offer_state_words, ticket->state);
    put_int(&text, "version", ticket->version);
    put_text(&text, "org", ticket->head_org);
    put_text(&text, "area", ticket->sent.area);
    put_text(&text, "category", *ticket->sent.category == '\0' ? NULL : ticket->sent.category);
    put_text(&text, "title", ticket->sent.title);
    put_text(&text, "content", ticket->sent.content);
    put_own(&text, view, &form);
    put_instant(&text, "created_at", ticket->received_at, &form);
    put_instant(&text, "published_at", offer->published_at, &form);
    put_instant(&text, "open_at", offer->open_at, &form);
    put_flag(&text, "open_to_all", offer_is_open(offer, view->now));
    put_names(&text, "paired", &offer->paired);
    put_instant(&text, "ended_at", ticket->ended_at, &form);
    put_begin(&text, "takers", '[');
    for (int i = 0; i < view->task_count; i++)
        put_taker(&text, view, i, &form);
    put_end(&text, ']');
    put_end(&text, '}');
    return put_done(&text, arena);
}
