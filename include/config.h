/* The settings of the process: its limits, addresses and files. No number that a rule uses is here:
 * those are data in the registry. One table in config.c makes the defaults, the reading, the
 * checks, the help and the sample file. */
#pragma once

#include "base/address.h"
#include "base/instant.h"
#include "base/log.h"
#include "domain/webhook.h"

struct config {
    struct arena *arena; /* holds every text below */
    struct config_http {
        const char *listen;  /* host:port or [IPv6]:port; port 0: any free one */
        size_t head_limit;   /* bytes of a request line with its headers */
        size_t body_limit;   /* bytes of an ordinary body */
        size_t batch_limit;  /* bytes of a body of POST /v1/tickets/batch */
        size_t import_limit; /* bytes of an imported file */
        struct span head_timeout;
        struct span body_timeout;
        struct span idle_timeout; /* of a connection between two requests */
        int connections;
        int requests_in_flight;
        struct span wait_limit; /* longest `Prefer: wait` */
        struct span drain_grace;
        int page_size;  /* rows of a list when no limit is asked */
        int page_limit; /* rows of a list at most */
        int exports;    /* at a time */
    } http;
    struct config_state {
        const char *directory;
        const char *user; /* who runs the private PostgreSQL under root; "": chosen */
    } state;
    struct config_database {
        const char *url; /* "": the private PostgreSQL; a secret: it may hold a password */
        const char *schema;
        bool migrate;
        int connections; /* for moves and reads, beside the one for intake */
        int intake_batch;
        struct span statement_timeout;
        struct span connect_timeout;
        bool generic_plans;
        const char *programs; /* folder of the private PostgreSQL's programs; "": searched */
    } database;
    struct config_tickets {
        int batch_tickets; /* in one POST /v1/tickets/batch */
        int intake_queue;  /* tickets waiting for a commit */
    } tickets;
    struct config_registry {
        struct span refresh; /* how often changes by other instances are looked for */
    } registry;
    struct config_claims {
        int tasks; /* in one claim */
    } claims;
    struct config_polls {
        int held; /* waiting lists, claims and feeds at one time */
    } polls;
    struct config_sweep {
        int batch; /* due tasks in one transaction */
    } sweep;
    struct config_webhooks {
        int endpoints;
        int in_flight, per_endpoint; /* calls at a time */
        struct span connect_timeout, timeout;
        size_t answer_limit;       /* bytes of a body that are read */
        struct waits waits;        /* between tries */
        struct span disable_after; /* of nothing but failures */
        struct span keep;          /* deliveries that ended */
        struct address_list allow;
        bool plain_http;
        const char *ca_file; /* "": the system's */
        const char *source;
    } webhooks;
    struct config_vault {
        const char *key_file; /* "": vault.key in the state directory */
    } vault;
    struct config_log {
        enum log_level level;
    } log;
    struct config_display {
        const char *zone; /* of times in answers; exists */
    } display;
    struct config_test {
        const char *clock_file; /* "": the system's clock */
    } test;
};

/* Defaults, then the file (NULL: none), then the environment (WHISTLED_SECTION_KEY). Every unknown
 * name and every bad value is an error item whose pointer is "file:line" or the variable's name;
 * then nothing is left to clear. Relative paths become absolute. A vault.key that systemd hands
 * over ($CREDENTIALS_DIRECTORY) is the key file if no other is set. `environment` as environ. */
MUST_CHECK bool config_load(const char *path, char **environment, struct config *ret_config,
                            struct error *err);
/* Frees the texts; a zeroed config is fine. */
void config_clear(struct config *config);
/* The sample file: every setting with its meaning, limits and default. */
void config_print_sample(struct text *text);
/* The settings for --help: one line each. */
void config_print_help(struct text *text);
