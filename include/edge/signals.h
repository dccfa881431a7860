/* Signals, as events of the loop. */
#pragma once

struct event_base;
struct signals;

struct signal_hooks {
    void (*on_stop)(void *context);   /* SIGTERM or SIGINT, every time */
    void (*on_reload)(void *context); /* SIGHUP */
    void *context;
};

/* Watches from now on and ignores SIGPIPE; copies the hooks, borrows the base. */
struct signals *signals_new(struct event_base *base, const struct signal_hooks *hooks);
void signals_free(struct signals *signals); /* NULL is fine */
