/* Who owns a need or project, whom it is offered to, and what is known about it. */
#include "domain/offer.h"

#include "domain/area.h"
#include "domain/mask.h"

struct share *offer_share(const struct offer *offer, int task)
{
    for (int i = 0; i < offer->share_count; i++)
        if (offer->shares[i].task == task)
            return &offer->shares[i];
    return NULL;
}

bool offer_is_open(const struct offer *offer, struct instant now)
{
    return instant_set(offer->published_at) && offer->open_at.us <= now.us;
}

bool offer_owns(const struct ticket *ticket, const struct snapshot *snapshot,
                const struct actor *by, struct arena *arena)
{
    if (by->role == CALLER_DISPATCHER)
        return true;
    if (by->role != CALLER_ORG || by->org == NULL)
        return false;
    struct names below = snapshot_orgs_below(snapshot, by->org, arena);
    return names_have(&below, ticket->head_org);
}

struct offer *offer_mask(const struct offer *offer, struct arena *arena)
{
    struct offer *masked = ARENA_NEW(arena, struct offer);
    *masked = *offer;
    masked->secretary = mask_text(arena, offer->secretary);
    masked->milestones = ARENA_ARRAY(arena, struct milestone, offer->milestone_count);
    for (int i = 0; i < offer->milestone_count; i++) {
        masked->milestones[i] = offer->milestones[i];
        masked->milestones[i].title = mask_text(arena, offer->milestones[i].title);
        masked->milestones[i].note = mask_text(arena, offer->milestones[i].note);
    }
    masked->shares = ARENA_ARRAY(arena, struct share, offer->share_count);
    for (int i = 0; i < offer->share_count; i++) {
        masked->shares[i] = offer->shares[i];
        masked->shares[i].result = mask_text(arena, offer->shares[i].result);
        masked->shares[i].note = mask_text(arena, offer->shares[i].note);
        masked->shares[i].note_back = mask_text(arena, offer->shares[i].note_back);
    }
    return masked;
}

/* --- pairing --- */

static bool covers(const struct org *org, const char *area)
{
    for (int i = 0; org != NULL && i < org->areas.count; i++)
        if (area_contains(org->areas.at[i], area))
            return true;
    return false;
}

static bool in_force(const struct agreement *agreement, struct date today)
{
    return agreement->status == STATUS_ACTIVE &&
           (!date_set(agreement->valid_from) || agreement->valid_from.day <= today.day) &&
           (!date_set(agreement->valid_to) || today.day <= agreement->valid_to.day);
}

/* The owner itself, or one above or below it over the area. */
static bool is_near(const struct ticket *ticket, const struct snapshot *snapshot, const char *org,
                    const struct names *below, struct arena *arena)
{
    if (text_equal(org, ticket->head_org))
        return true;
    if (!covers(snapshot_org(snapshot, org), ticket->sent.area))
        return false;
    struct names under = snapshot_orgs_below(snapshot, org, arena);
    return names_have(below, org) || names_have(&under, ticket->head_org);
}

/* The units of agreements in force. */
static struct names agreed_units(const struct ticket *ticket, const struct snapshot *snapshot,
                                 struct date today, struct arena *arena)
{
    size_t count;
    const struct registry_row *const *rows = snapshot_rows(snapshot, REGISTRY_AGREEMENT, &count);
    struct names below = snapshot_orgs_below(snapshot, ticket->head_org, arena);
    struct names units = {0, ARENA_ARRAY(arena, const char *, count)};
    for (size_t i = 0; i < count; i++) {
        const struct agreement *agreement = rows[i]->value;
        if (in_force(agreement, today) &&
            is_near(ticket, snapshot, agreement->org, &below, arena) &&
            !names_have(&units, agreement->unit))
            units.at[units.count++] = agreement->unit;
    }
    return units;
}

struct names offer_paired(const struct ticket *ticket, const struct snapshot *snapshot,
                          struct date today, struct arena *arena)
{
    size_t count;
    const struct registry_row *const *rows = snapshot_rows(snapshot, REGISTRY_UNIT, &count);
    struct names agreed = agreed_units(ticket, snapshot, today, arena);
    struct names paired = {0, ARENA_ARRAY(arena, const char *, count)};
    for (size_t i = 0; i < count; i++) {
        const struct unit *unit = rows[i]->value;
        if (unit->status == STATUS_ACTIVE &&
            (names_have(&unit->joined, ticket->head_org) || names_have(&agreed, unit->code)))
            paired.at[paired.count++] = unit->code;
    }
    return paired;
}

/* --- drafts --- */

static bool may_own(const struct org *org)
{
    return org != NULL && org->status == STATUS_ACTIVE &&
           (org->kind == ORG_COMMUNITY_COMMITTEE || org->kind == ORG_STREET_ALLIANCE);
}

/* The committee over a place, else its alliance. */
static const struct org *org_over(const struct doing *doing, const char *area)
{
    const struct snapshot *snapshot = doing->world->snapshot;
    const struct names none = {0};
    const struct org *org = snapshot_org_over(snapshot, ORG_COMMUNITY_COMMITTEE, area, &none);
    return org != NULL ? org : snapshot_org_over(snapshot, ORG_STREET_ALLIANCE, area, &none);
}

static const struct org *find_owner(const struct doing *doing)
{
    const struct ticket *ticket = &doing->dossier->ticket;
    const struct snapshot *snapshot = doing->world->snapshot;
    const char *asked = ticket->offer->org;
    const struct org *org = NULL;
    if (asked != NULL)
        org = snapshot_org(snapshot, asked);
    else if (doing->by->role == CALLER_ORG)
        org = snapshot_org(snapshot, doing->by->org);
    else if (ticket->sent.area != NULL)
        org = org_over(doing, ticket->sent.area);
    if (asked == NULL && doing->by->role != CALLER_ORG && org == NULL) {
        error_add(doing->err, "/area",
                  "no committee or alliance lies over it: give one, or an org");
    } else if (asked == NULL && !may_own(org)) {
        error_set(doing->err, FAULT_DENIED,
                  "only a committee or an alliance has needs and projects");
    } else {
        struct names below = {0};
        if (doing->by->role == CALLER_ORG)
            below = snapshot_orgs_below(snapshot, doing->by->org, doing->dossier->arena);
        if (may_own(org) && (doing->by->role != CALLER_ORG || names_have(&below, org->code)))
            return org;
        error_add(doing->err, "/org", "is no committee or alliance of this key's own or below");
    }
    return NULL;
}

static void check_place(const struct doing *doing, const struct org *owner)
{
    struct submission *sent = &doing->dossier->ticket.sent;
    const struct snapshot *snapshot = doing->world->snapshot;
    if (sent->area == NULL && owner->areas.count > 0)
        sent->area = owner->areas.at[0];
    const struct area *area = sent->area == NULL ? NULL : snapshot_area(snapshot, sent->area);
    if (area == NULL || area->status == STATUS_ENDED)
        error_add(doing->err, "/area", "no area has this code");
    else if (!covers(owner, sent->area))
        error_add(doing->err, "/area", "is not within the areas of '%s'", owner->code);
    const struct category *category =
        sent->category == NULL ? NULL : snapshot_category(snapshot, sent->category);
    if (sent->category != NULL && (category == NULL || category->status == STATUS_ENDED))
        error_add(doing->err, "/category", "no category has this code");
}

static void check_resources(const struct doing *doing)
{
    const struct names *codes = &doing->dossier->ticket.offer->resources;
    for (int i = 0; i < codes->count; i++) {
        const struct registry_row *row =
            snapshot_row(doing->world->snapshot, REGISTRY_RESOURCE, codes->at[i]);
        const struct resource *resource = row == NULL ? NULL : row->value;
        if (resource == NULL || resource->status == STATUS_ENDED)
            error_add(doing->err, arena_format(doing->err->arena, "/resources/%d", i),
                      "no resource has this code");
    }
}

static bool in_reach(const struct doing *doing, const char *need)
{
    for (int i = 0; i < doing->other_count; i++)
        if (doing->others[i]->ticket.origin == ORIGIN_NEED &&
            text_equal(doing->others[i]->ticket.no, need))
            return true;
    return false;
}

static void check_needs(const struct doing *doing)
{
    const struct names *needs = &doing->dossier->ticket.offer->needs;
    for (int i = 0; i < needs->count; i++) {
        struct names before = {i, needs->at};
        const char *at = arena_format(doing->err->arena, "/needs/%d", i);
        if (!in_reach(doing, needs->at[i]))
            error_add(doing->err, at, "no need in reach has this id");
        else if (names_have(&before, needs->at[i]))
            error_add(doing->err, at, "is named twice");
    }
}

static void check_milestones(const struct doing *doing)
{
    const struct offer *offer = doing->dossier->ticket.offer;
    for (int i = 0; i < offer->milestone_count; i++)
        for (int j = 0; j < i; j++)
            if (text_equal(offer->milestones[i].title, offer->milestones[j].title))
                error_add(doing->err, arena_format(doing->err->arena, "/milestones/%d/title", i),
                          "is the title of another milestone");
}

bool offer_draft(const struct doing *doing)
{
    struct ticket *ticket = &doing->dossier->ticket;
    const struct org *owner = find_owner(doing);
    if (owner == NULL)
        return false;
    check_place(doing, owner);
    check_resources(doing);
    check_needs(doing);
    check_milestones(doing);
    if (!error_none(doing->err))
        return false;
    ticket->head_org = owner->code;
    ticket->state = OFFER_IS_DRAFT;
    ticket->received_at = doing->world->now;
    ticket->sent.urgency = URGENCY_NORMAL;
    if (ticket->sent.category == NULL)
        ticket->sent.category = "";
    if (ticket->sent.content == NULL)
        ticket->sent.content = "";
    struct event *event = dossier_event(doing->dossier, doing->world, NULL, "draft", doing->by);
    event->to = offer_state_words[OFFER_IS_DRAFT];
    return true;
}
