/* Counters, gauges and one histogram of this process, in Prometheus' text form 0.0.4. One table;
 * every layer that acts may count, the pure ones (domain, wire) do not. */
#pragma once

#include "base/instant.h"
#include "base/text.h"

/* X(name, kind, exposed as whistled_..., labels, help). Rows with the same exposed name stand
 * together; the first one's help counts. */
#define METRICS(X)                                                                                 \
    X(REQUESTS_2XX, COUNTER, "requests_total", "class=\"2xx\"", "Requests answered")               \
    X(REQUESTS_3XX, COUNTER, "requests_total", "class=\"3xx\"", "")                                \
    X(REQUESTS_4XX, COUNTER, "requests_total", "class=\"4xx\"", "")                                \
    X(REQUESTS_5XX, COUNTER, "requests_total", "class=\"5xx\"", "")                                \
    X(REQUEST_SECONDS, HISTOGRAM, "request_seconds", "", "From request to answer, held ones too")  \
    X(CONNECTIONS, GAUGE, "connections", "", "Open client connections")                            \
    X(CONNECTIONS_REFUSED, COUNTER, "connections_refused_total", "", "Connections over the cap")   \
    X(IN_FLIGHT, GAUGE, "requests_in_flight", "", "Requests not yet answered")                     \
    X(TICKETS_RECEIVED, COUNTER, "tickets_received_total", "", "Tickets stored")                   \
    X(TICKETS_REFUSED, COUNTER, "tickets_refused_total", "", "Tickets refused as invalid")         \
    X(BATCHES, COUNTER, "batches_total", "", "Intake batches committed")                           \
    X(BATCH_TICKETS, COUNTER, "batch_tickets_total", "", "Tickets in these batches")               \
    X(MOVES, COUNTER, "moves_total", "", "Moves committed")                                        \
    X(CLAIMS, COUNTER, "claims_total", "", "Tasks handed out under a claim")                       \
    X(SWEEP_STEPS, COUNTER, "sweep_steps_total", "", "Steps of the deadline sweep")                \
    X(SWEEP_STUCK, GAUGE, "sweep_stuck_tickets", "", "Tickets whose deadlines cannot be saved")    \
    X(SWEEP_LAG, GAUGE, "sweep_lag_seconds", "", "Age of the oldest deadline not yet swept")       \
    X(OVERDUE_MARKED, COUNTER, "overdue_marked_total", "", "Clocks marked overdue")                \
    X(TICKETS_ERASED, COUNTER, "tickets_erased_total", "", "Tickets erased by retention")          \
    X(FOLD_EVENTS, COUNTER, "fold_events_total", "", "Events added to the figures")                \
    X(FOLD_LAG, GAUGE, "fold_lag_seconds", "", "Age of the oldest event not in the figures")       \
    X(NOTICES, COUNTER, "notices_total", "", "Deliveries made from events for webhooks")           \
    X(POLLS_HELD, GAUGE, "polls_held", "", "Polls waiting now")                                    \
    X(POLLS_WOKEN, COUNTER, "polls_woken_total", "", "Polls answered because something came")      \
    X(REGISTRY_REVISION, GAUGE, "registry_revision", "", "Revision of the registry in memory")     \
    X(REGISTRY_ROWS, GAUGE, "registry_rows", "", "Rows of the registry in memory")                 \
    X(REGISTRY_LOADS, COUNTER, "registry_loads_total", "", "Times the registry was loaded")        \
    X(DATABASE_ERRORS, COUNTER, "database_errors_total", "", "Statements or connections failed")   \
    X(DATABASE_RETRIES, COUNTER, "database_retries_total", "", "Units of work tried again")        \
    X(DEADLINES_PROVISIONAL, GAUGE, "deadlines_provisional", "", "Open provisional deadlines")     \
    X(CAPACITY_REDO, COUNTER, "capacity_redo_total", "", "Matches redone for lost capacity")

enum metric {
#define X(name, kind, exposed, labels, help) METRIC_##name,
    METRICS(X)
#undef X
        METRIC_COUNT
};

void metrics_add(enum metric metric, int64_t more);
void metrics_set(enum metric metric, double value);
/* Counts a length of time in a histogram. */
void metrics_observe(enum metric metric, struct span span);
/* Adds the whole exposition; its media type is METRICS_TYPE. */
void metrics_write(struct text *text);
#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"
