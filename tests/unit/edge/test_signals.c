/* Signals and the service manager's socket, in this process. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "base/log.h"
#include "base/text.h"
#include "edge/signals.h"
#include "edge/supervisor.h"

static int stops, reloads;

static void on_stop(void *context)
{
    stops++;
    event_base_loopbreak(context);
}

static void on_reload(void *context)
{
    reloads++;
    event_base_loopbreak(context);
}

static void signals(void **state)
{
    (void)state;
    log_set_level(LOG_ERROR);
    struct event_base *base = event_base_new();
    struct signals *signals = signals_new(base, &(struct signal_hooks){on_stop, on_reload, base});
    static const int sent[] = {SIGTERM, SIGHUP, SIGINT, SIGTERM};
    for (size_t i = 0; i < COUNT_OF(sent); i++) {
        raise(sent[i]);
        event_base_dispatch(base);
    }
    assert_int_equal(stops, 3);
    assert_int_equal(reloads, 1);
    raise(SIGPIPE); /* changes nothing */
    signals_free(signals);
    signals_free(NULL);
    event_base_free(base);
}

static void outside(void **state)
{
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    int first = -1;
    struct event_base *base = event_base_new();
    struct supervisor *supervisor = supervisor_new(base);
    supervisor_ready();
    supervisor_stopping();
    assert_int_equal(supervisor_sockets(&first), 0);
    assert_int_equal(first, -1);
    supervisor_free(supervisor);
    supervisor_free(NULL);
    event_base_free(base);
}

static void heard(int fd, const char *what)
{
    char message[256] = "";
    assert_true(recv(fd, message, sizeof(message) - 1, 0) > 0);
    if (strstr(message, what) == NULL)
        fail_msg("'%s', not '%s'", message, what);
}

static void under_systemd(void **state)
{
    (void)state;
    struct text path = {0}, pid = {0};
    text_format(&path, "/tmp/whistled-notify-%d", (int)getpid());
    text_format(&pid, "%d", (int)getpid());
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    memcpy(at.sun_path, path.at, path.size);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    setenv("NOTIFY_SOCKET", path.at, 1);
    setenv("WATCHDOG_PID", pid.at, 1);
    setenv("WATCHDOG_USEC", "30000", 1);
    struct event_base *base = event_base_new();
    struct supervisor *supervisor = supervisor_new(base);
    supervisor_ready();
    heard(fd, "READY=1");
    supervisor_reloading();
    heard(fd, "RELOADING=1\nMONOTONIC_USEC=");
    supervisor_stopping();
    heard(fd, "STOPPING=1");
    for (int i = 0; i < 3; i++) {
        event_base_loop(base, EVLOOP_ONCE);
        heard(fd, "WATCHDOG=1");
    }
    supervisor_free(supervisor);
    event_base_free(base);
    close(fd);
    unlink(path.at);
    unsetenv("NOTIFY_SOCKET");
    text_clear(&path);
    text_clear(&pid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signals),
        cmocka_unit_test(outside),
        cmocka_unit_test(under_systemd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
