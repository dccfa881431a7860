/* What an erased ticket looks like: codes, words, numbers and instants stay, whatever somebody
 * wrote goes. */
#include <math.h>

#include "domain/dossier.h"

static const char erased_text[] = "[erased]";

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
    event->from = event->to = ticket_state_words[ticket->state];
    event->data = data;
    erase_record(ticket);
    ticket->erased_at = world->now;
    dossier->erased = true;
    for (int i = 0; i < dossier->task_count; i++) {
        struct task *task = &dossier->tasks[i];
        task->public_answer = NULL;
        task->version++; /* it shows the ticket's title */
        task->dirty = true;
    }
}
