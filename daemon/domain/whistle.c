/* Who may whistle for whom, and what the street makes of it. */
#include "domain/whistle.h"

#include "domain/mask.h"

struct whistle_target *whistle_target(const struct whistle *whistle, const char *unit)
{
    for (int i = 0; i < whistle->target_count; i++)
        if (text_equal(whistle->targets[i].unit, unit))
            return &whistle->targets[i];
    return NULL;
}

struct whistle *whistle_mask(const struct whistle *whistle, struct arena *arena)
{
    struct whistle *masked = ARENA_NEW(arena, struct whistle);
    *masked = *whistle;
    masked->reason = mask_text(arena, whistle->reason);
    masked->place = mask_text(arena, whistle->place);
    masked->targets = ARENA_ARRAY(arena, struct whistle_target, whistle->target_count);
    for (int i = 0; i < whistle->target_count; i++) {
        struct whistle_target *target = &masked->targets[i];
        *target = whistle->targets[i];
        target->who = mask_text(arena, target->who);
        target->result = mask_text(arena, target->result);
        target->refusal = mask_text(arena, target->refusal);
    }
    return masked;
}

/* The first characters of a valid UTF-8 text. */
static const char *cut(struct arena *arena, const char *text, int characters)
{
    size_t size = 0;
    for (; text[size] != '\0'; size++)
        if (((unsigned char)text[size] & 0xC0) != 0x80 && characters-- == 0)
            break;
    return text[size] == '\0' ? text : arena_bytes(arena, text, size);
}

/* The org it is raised for: the key's own, or a community below the key's street. */
static const struct org *find_raiser(const struct doing *doing)
{
    const struct snapshot *snapshot = doing->world->snapshot;
    const struct org *own = snapshot_org(snapshot, doing->by->org);
    const char *asked = doing->dossier->ticket.whistle->org;
    bool may = own != NULL && own->status == STATUS_ACTIVE &&
               (own->kind == ORG_STREET_ALLIANCE || own->kind == ORG_COMMUNITY_COMMITTEE);
    if (!may) {
        error_set(doing->err, FAULT_DENIED, "only a street or a community may whistle");
        return NULL;
    }
    if (asked == NULL || text_equal(asked, own->code))
        return own;
    const struct org *org = snapshot_org(snapshot, asked);
    struct names below = snapshot_orgs_below(snapshot, own->code, doing->dossier->arena);
    if (org != NULL && org->status == STATUS_ACTIVE && org->kind == ORG_COMMUNITY_COMMITTEE &&
        names_have(&below, asked))
        return org;
    error_add(doing->err, "/org", "is neither this key's own org nor a community below it");
    return NULL;
}

/* Who decides: the street itself; over a community its parent, else the street over its area. */
static const struct org *find_street(const struct doing *doing, const struct org *raiser,
                                     const char *area)
{
    const struct snapshot *snapshot = doing->world->snapshot;
    if (raiser->kind == ORG_STREET_ALLIANCE)
        return raiser;
    const struct org *parent =
        raiser->parent == NULL ? NULL : snapshot_org(snapshot, raiser->parent);
    if (parent != NULL && parent->kind == ORG_STREET_ALLIANCE && parent->status == STATUS_ACTIVE)
        return parent;
    return snapshot_org_over(snapshot, ORG_STREET_ALLIANCE, area, &doing->dossier->ticket.barred);
}

/* The ticket it is about; what that says about place, category and the accused holds here too. */
static bool take_ticket(const struct doing *doing, const struct org *raiser)
{
    struct ticket *ticket = &doing->dossier->ticket;
    const struct ticket *about = doing->other == NULL ? NULL : &doing->other->ticket;
    ticket->sent.area = raiser->areas.count == 0 ? NULL : raiser->areas.at[0];
    ticket->sent.category = "";
    if (ticket->whistle->no != NULL) {
        if (about == NULL || about->origin != ORIGIN_TICKET)
            return error_add(doing->err, "/no", "is not the number of a ticket in reach");
        if (about->state < TICKET_OPEN_FROM)
            return error_add(doing->err, "/no", "this ticket is not open");
        ticket->parent = about->id;
        ticket->barred = about->barred;
        ticket->sent.area = about->sent.area;
        ticket->sent.category = about->sent.category;
    }
    return ticket->sent.area != NULL || error_add(doing->err, "/org", "has no area to whistle for");
}

static void check_target(const struct doing *doing, int place)
{
    const struct whistle *whistle = doing->dossier->ticket.whistle;
    const struct snapshot *snapshot = doing->world->snapshot;
    const struct names *barred = &doing->dossier->ticket.barred;
    const char *code = whistle->targets[place].unit;
    const char *at = arena_format(doing->err->arena, "/targets/%d/unit", place);
    const struct unit *unit = snapshot_unit(snapshot, code);
    if (unit == NULL || unit->status != STATUS_ACTIVE)
        error_add(doing->err, at, "no active unit has this code");
    else if (names_have(barred, code) || (unit->org != NULL && names_have(barred, unit->org)))
        error_add(doing->err, at, "this unit is accused in the ticket");
    else if (snapshot_target(snapshot, unit, barred) == NULL)
        error_add(doing->err, at, "has no org that may take it");
    for (int i = 0; i < place; i++)
        if (text_equal(whistle->targets[i].unit, code))
            error_add(doing->err, at, "is called twice");
}

/* Units that may be called, each once, one of them leading. */
static bool check_targets(const struct doing *doing)
{
    struct whistle *whistle = doing->dossier->ticket.whistle;
    int leads = 0;
    if (whistle->target_count < 1)
        return error_add(doing->err, "/targets", "name at least one unit");
    for (int i = 0; i < whistle->target_count; i++) {
        check_target(doing, i);
        leads += whistle->targets[i].role == ROLE_LEAD;
        if (leads > 1 && whistle->targets[i].role == ROLE_LEAD)
            error_add(doing->err, arena_format(doing->err->arena, "/targets/%d/role", i),
                      "only one unit leads");
    }
    for (int i = 0; i < whistle->target_count; i++)
        if (whistle->targets[i].role < 0)
            whistle->targets[i].role = i == 0 && leads == 0 ? ROLE_LEAD : ROLE_ASSIST;
    if (leads == 0)
        whistle->targets[0].role = ROLE_LEAD;
    return error_none(doing->err);
}

/* A community hears what becomes of its whistle. */
static void tell_raiser(const struct doing *doing, struct event *event)
{
    const struct ticket *ticket = &doing->dossier->ticket;
    if (ticket->sent.source != NULL && !text_equal(ticket->sent.source, ticket->head_org))
        event->seen_by = names_with(doing->dossier->arena, &event->seen_by, ticket->sent.source);
}

bool whistle_raise(const struct doing *doing)
{
    struct dossier *dossier = doing->dossier;
    struct ticket *ticket = &dossier->ticket;
    struct whistle *whistle = ticket->whistle;
    const struct org *raiser = find_raiser(doing);
    if (raiser == NULL || !take_ticket(doing, raiser) || !check_targets(doing))
        return false;
    const struct org *street = find_street(doing, raiser, ticket->sent.area);
    if (street == NULL)
        return error_add(doing->err, "/org", "no street lies over it");
    ticket->head_org = street->code;
    ticket->state = WHISTLE_IS_RAISED;
    ticket->received_at = doing->world->now;
    ticket->sent.source = raiser->code;
    ticket->sent.kind = whistle->kind;
    ticket->sent.urgency = whistle->kind == WHISTLE_EMERGENCY ? URGENCY_CRITICAL : URGENCY_NORMAL;
    ticket->sent.title = cut(dossier->arena, whistle->reason, TITLE_LIMIT);
    ticket->sent.content = whistle->reason;
    whistle->raised_key = doing->by->key;
    struct event *event = dossier_event(dossier, doing->world, NULL, "raise", doing->by);
    event->to = whistle_state_words[WHISTLE_IS_RAISED];
    tell_raiser(doing, event);
    if (doing->other == NULL)
        return true;
    struct dossier *about = doing->other;
    event = dossier_event(about, doing->world, NULL, "whistle", doing->by);
    event->from = event->to = ticket_state_words[about->ticket.state];
    event->data = arena_format(about->arena, "{\"whistle\":\"%s\"}", ticket->no);
    return true;
}

/* The move's event on the whistle; `to` may be the state it is in. */
static struct event *begin(const struct doing *doing, int to)
{
    struct ticket *ticket = &doing->dossier->ticket;
    struct event *event =
        dossier_event(doing->dossier, doing->world, NULL, doing->move->name, doing->by);
    event->from = whistle_state_words[ticket->state];
    event->to = whistle_state_words[to];
    tell_raiser(doing, event);
    ticket->state = to;
    return event;
}

/* Ends it: the open targets are withdrawn. */
static bool end(const struct doing *doing, int state)
{
    begin(doing, state);
    dossier_withdraw(doing->dossier, doing->world, doing->by);
    doing->dossier->ticket.final_state = whistle_state_words[state];
    return true;
}

static bool is_street(const struct doing *doing)
{
    return text_equal(doing->by->org, doing->dossier->ticket.head_org) ||
           error_set(doing->err, FAULT_DENIED, "only the street decides on its whistles");
}

/* The street, but not with the key that whistled. */
static bool is_other_key(const struct doing *doing)
{
    if (!is_street(doing))
        return false;
    return doing->by->key != doing->dossier->ticket.whistle->raised_key ||
           error_set(doing->err, FAULT_DENIED,
                     "another key of the street decides than the one that whistled");
}

/* Where a target goes, as things are now: it was looked at when the whistle was raised. */
static bool find_holder(const struct doing *doing, const struct whistle_target *target,
                        struct assignment *ret_to)
{
    const struct snapshot *snapshot = doing->world->snapshot;
    const struct unit *unit = snapshot_unit(snapshot, target->unit);
    bool active = unit != NULL && unit->status == STATUS_ACTIVE;
    const struct org *org =
        active ? snapshot_target(snapshot, unit, &doing->dossier->ticket.barred) : NULL;
    *ret_to = (struct assignment){target->role, 1, unit, org, NULL, false, NULL};
    return org != NULL ||
           dossier_refuse(doing->dossier, NULL, doing->err,
                          arena_format(doing->err->arena, "unit '%s' cannot be called any more",
                                       target->unit));
}

static bool do_approve(const struct doing *doing)
{
    const struct whistle *whistle = doing->dossier->ticket.whistle;
    struct assignment to[WHISTLE_TARGETS];
    if (!is_other_key(doing))
        return false;
    for (int i = 0; i < whistle->target_count; i++)
        if (!find_holder(doing, &whistle->targets[i], &to[i]))
            return false;
    begin(doing, WHISTLE_IS_APPROVED);
    for (int i = 0; i < whistle->target_count; i++)
        if (!dossier_assign(doing->dossier, doing->world, &to[i], doing->by, doing->err))
            return false;
    return true;
}

static bool do_reject(const struct doing *doing)
{
    return is_other_key(doing) && end(doing, WHISTLE_IS_REJECTED);
}

static bool do_withdraw(const struct doing *doing)
{
    const char *raiser = doing->dossier->ticket.sent.source;
    if (!text_equal(doing->by->org, raiser) && !is_street(doing))
        return false;
    return end(doing, WHISTLE_IS_WITHDRAWN);
}

static bool do_close(const struct doing *doing)
{
    const struct dossier *dossier = doing->dossier;
    if (!is_street(doing))
        return false;
    for (int i = 0; i < dossier->task_count; i++)
        if (task_is_open(&dossier->tasks[i]))
            return dossier_refuse(dossier, NULL, doing->err,
                                  "targets are still open: rate their results first");
    return end(doing, WHISTLE_IS_CLOSED);
}

static bool do_note(const struct doing *doing)
{
    begin(doing, doing->dossier->ticket.state);
    return true;
}

static const struct {
    const char *name;
    effect_fn effect;
} effects[] = {
    {"approve",  do_approve },
    {"reject",   do_reject  },
    {"withdraw", do_withdraw},
    {"close",    do_close   },
    {"note",     do_note    },
};

effect_fn effect_on_whistle(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(effects); i++)
        if (text_equal(effects[i].name, name))
            return effects[i].effect;
    return NULL;
}
