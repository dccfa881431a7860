/* sd_notify finds its socket in the environment, and does nothing where there is none. */
#include "edge/supervisor.h"

#include <assert.h>

#include <event2/event.h>
#include <systemd/sd-daemon.h>

#include "base/clock.h"
#include "base/mem.h"

struct supervisor {
    struct event *beat; /* NULL: no watchdog */
};

static void on_beat(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what, (void)context;
    sd_notify(0, "WATCHDOG=1");
}

struct supervisor *supervisor_new(struct event_base *base)
{
    struct supervisor *supervisor = mem_zero(sizeof(*supervisor));
    uint64_t limit = 0;
    if (sd_watchdog_enabled(0, &limit) <= 0)
        return supervisor;
    /* Three times within the limit: a loop that hangs stops beating, a busy one does not. */
    struct timeval pause = {(time_t)(limit / 3 / 1000000), (suseconds_t)(limit / 3 % 1000000)};
    supervisor->beat = event_new(base, -1, EV_PERSIST, on_beat, NULL);
    assert(supervisor->beat != NULL); /* out of memory */
    event_add(supervisor->beat, &pause);
    return supervisor;
}

void supervisor_free(struct supervisor *supervisor)
{
    if (supervisor == NULL)
        return;
    if (supervisor->beat != NULL)
        event_free(supervisor->beat);
    mem_free(supervisor);
}

void supervisor_ready(void)
{
    sd_notify(0, "READY=1\nSTATUS=serving");
}

void supervisor_reloading(void)
{
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)clock_steady().us);
}

void supervisor_stopping(void)
{
    sd_notify(0, "STOPPING=1\nSTATUS=draining");
}

int supervisor_sockets(int *ret_first)
{
    int count = sd_listen_fds(1);
    if (count <= 0)
        return 0;
    *ret_first = SD_LISTEN_FDS_START;
    return count;
}
