/* What an erased ticket or whistle looks like: codes, words, numbers and instants stay, whatever
 * somebody wrote goes. */
#include <math.h>

#include "domain/whistle.h"

static const char erased_text[] = "[erased]";

static void erase_whistle(struct whistle *whistle)
{
    whistle->reason = erased_text;
    whistle->place = NULL;
    for (int i = 0; i < whistle->target_count; i++) {
        struct whistle_target *target = &whistle->targets[i];
        target->who = target->result = target->refusal = NULL;
    }
}

static void erase_record(struct ticket *ticket)
{
    struct submission *sent = &ticket->sent;
    sent->title = sent->content = erased_text;
    sent->address = sent->accused_name = sent->public_answer = NULL;
    sent->lon = sent->lat = (double)NAN;
    sent->tags = (struct names){0};
    sent->petitioner.name = sent->petitioner.phone = NULL;
    ticket->has_phone = false;
    ticket->hung_reason = NULL;
}

void dossier_erase(struct dossier *dossier, const struct world *world, const char *data,
                   const struct actor *by)
{
    struct ticket *ticket = &dossier->ticket;
    struct event *event = dossier_event(dossier, world, NULL, "erase", by);
    event->from = event->to = origin_state_words(ticket->origin)[ticket->state];
    event->data = data;
    erase_record(ticket);
    if (ticket->whistle != NULL)
        erase_whistle(ticket->whistle);
    ticket->erased_at = world->now;
    dossier->erased = true;
    for (int i = 0; i < dossier->task_count; i++) {
        struct task *task = &dossier->tasks[i];
        task->public_answer = NULL;
        task->version++; /* it shows the ticket's title */
        task->dirty = true;
    }
}
