/* The service manager: systemd's notify, watchdog and socket activation. All of it does nothing
 * outside systemd. */
#pragma once

struct event_base;
struct supervisor;

/* Feeds the watchdog from the loop if systemd asked for one; borrows the base. */
struct supervisor *supervisor_new(struct event_base *base);
void supervisor_free(struct supervisor *supervisor); /* NULL is fine */
/* Ready to serve; reloading (followed by ready); stopping. */
void supervisor_ready(void);
void supervisor_reloading(void);
void supervisor_stopping(void);
/* The number of listening sockets that systemd passed, from *ret_first on. */
int supervisor_sockets(int *ret_first);
