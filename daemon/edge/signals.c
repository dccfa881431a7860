/* libevent turns signals into events, so that handlers may do anything. */
#include "edge/signals.h"

#include <assert.h>
#include <signal.h>

#include <event2/event.h>

#include "base/log.h"

static const int watched[] = {SIGTERM, SIGINT, SIGHUP};

struct signals {
    struct signal_hooks hooks;
    struct event *events[COUNT_OF(watched)];
};

static void on_signal(evutil_socket_t number, short what, void *context)
{
    const struct signals *signals = context;
    (void)what;
    log_line(LOG_INFO, "signal", "number=%d", (int)number);
    if (number == SIGHUP)
        signals->hooks.on_reload(signals->hooks.context);
    else
        signals->hooks.on_stop(signals->hooks.context);
}

struct signals *signals_new(struct event_base *base, const struct signal_hooks *hooks)
{
    struct signals *signals = mem_zero(sizeof(*signals));
    signals->hooks = *hooks;
    for (size_t i = 0; i < COUNT_OF(watched); i++) {
        signals->events[i] = evsignal_new(base, watched[i], on_signal, signals);
        assert(signals->events[i] != NULL); /* out of memory */
        event_add(signals->events[i], NULL);
    }
    /* A client or database that left shows as EPIPE instead. */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    return signals;
}

void signals_free(struct signals *signals)
{
    if (signals == NULL)
        return;
    for (size_t i = 0; i < COUNT_OF(watched); i++)
        event_free(signals->events[i]);
    mem_free(signals);
}
