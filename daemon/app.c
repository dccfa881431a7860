/* Wiring: builds the parts in order, owns them, takes them down in reverse. No rules. */
#include "app.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <event2/event.h>

#include "base/clock.h"
#include "base/log.h"
#include "edge/poster.h"
#include "edge/routes.h"
#include "edge/server.h"
#include "edge/signals.h"
#include "edge/supervisor.h"
#include "flow/intake.h"
#include "flow/keyring.h"
#include "flow/poll.h"
#include "flow/refresh.h"
#include "flow/serials.h"
#include "store/private_pg.h"
#include "store/setup.h"
#include "wire/registry_json.h"

enum { TICK_MS = 100, PRIVATE_START_S = 300, LEASE_MARGIN_S = 30 };

struct app {
    const struct config *config;
    struct arena *arena;
    struct error err;
    struct private_pg *private_pg;
    struct setup_settings setup;
    struct setup_result made;
    struct pool_settings pool_settings, intake_settings;
    struct event_base *base;
    struct context context;
    struct server *server;
    struct poster_settings poster_settings;
    struct poster *poster;
    struct signals *signals;
    struct supervisor *supervisor;
    struct event *tick;
    struct event *grace; /* ends a drain that takes too long */
    bool drained;
};

/* The shipped calendar and policies, from config/presets. */
static const struct {
    const char *name; /* "policy_four_level" ... */
    const char *text;
} shipped[] = {
#define ENTRY(upper, name, text) {name, text},
#include "presets.inc"
#undef ENTRY
};

static bool read_presets(struct app *app)
{
    struct preset *presets = ARENA_ARRAY(app->arena, struct preset, COUNT_OF(shipped));
    for (size_t i = 0; i < COUNT_OF(shipped); i++) {
        int kind = text_starts(shipped[i].name, "calendar") ? REGISTRY_CALENDAR : REGISTRY_POLICY;
        struct slice body = {shipped[i].text, strlen(shipped[i].text)};
        const void *value = NULL;
        if (!registry_json_read(kind, body, NULL, app->arena, &value, &app->err))
            return false;
        presets[i] = (struct preset){registry_plurals[kind], registry_code(kind, value),
                                     registry_json_write(kind, value, app->arena)};
    }
    app->setup.presets = presets;
    app->setup.preset_count = COUNT_OF(shipped);
    return true;
}

static bool make_directory(struct app *app)
{
    const char *path = app->config->state.directory;
    if (mkdir(path, 0755) == 0 || errno == EEXIST)
        return true;
    return error_set(&app->err, FAULT_UNAVAILABLE, "cannot make %s: %s", path, strerror(errno));
}

/* Finds the database: the configured one, or the private one. */
static bool find_database(struct app *app)
{
    const struct config *config = app->config;
    const char *url = config->database.url;
    if (*url == '\0') {
        struct private_pg_settings settings = {config->state.directory, config->state.user,
                                               config->database.programs, SECONDS(PRIVATE_START_S)};
        if (!private_pg_start(&settings, &app->private_pg, &app->err))
            return false;
        url = private_pg_url(app->private_pg);
    }
    app->setup = (struct setup_settings){
        .url = url,
        .schema = config->database.schema,
        .migrate = config->database.migrate,
        .state_directory = config->state.directory,
        .vault_file = *config->vault.key_file == '\0' ? NULL : config->vault.key_file,
        .connect_timeout = config->database.connect_timeout,
        .now = clock_now(),
    };
    return true;
}

static void fill_limits(struct app *app)
{
    const struct config *config = app->config;
    app->context.limits = (struct limits){
        .page_size = config->http.page_size,
        .page_limit = config->http.page_limit,
        .exports = config->http.exports,
        .wait_limit = config->http.wait_limit,
        .batch_tickets = config->tickets.batch_tickets,
        .intake_batch = config->database.intake_batch,
        .intake_queue = config->tickets.intake_queue,
        .claim_tasks = config->claims.tasks,
        .polls_held = config->polls.held,
        .sweep_batch = config->sweep.batch,
        .refresh = config->registry.refresh,
        .webhooks =
            {
                       .endpoints = config->webhooks.endpoints,
                       .in_flight = config->webhooks.in_flight,
                       .per_endpoint = config->webhooks.per_endpoint,
                       .waits = config->webhooks.waits,
                       .lease = {config->webhooks.timeout.us + SECONDS(LEASE_MARGIN_S).us},
                       .disable_after = config->webhooks.disable_after,
                       .keep = config->webhooks.keep,
                       .plain_http = config->webhooks.plain_http,
                       .allow = &config->webhooks.allow,
                       .source = config->webhooks.source,
                       },
    };
}

static bool build_poster(struct app *app)
{
    const struct config *config = app->config;
    app->poster_settings = (struct poster_settings){
        .connect = config->webhooks.connect_timeout,
        .transfer = config->webhooks.timeout,
        .answer_limit = config->webhooks.answer_limit,
        .plain_http = config->webhooks.plain_http,
        .allow = &config->webhooks.allow,
        .ca_file = *config->webhooks.ca_file == '\0' ? NULL : config->webhooks.ca_file,
    };
    app->poster = poster_new(app->base, &app->poster_settings);
    app->context.poster = app->poster;
    app->context.post = poster_send;
    return app->poster != NULL || error_set(&app->err, FAULT_UNAVAILABLE, "libcurl does not start");
}

static void build_context(struct app *app)
{
    const struct config *config = app->config;
    struct context *context = &app->context;
    app->pool_settings = (struct pool_settings){
        .url = app->setup.url,
        .schema = config->database.schema,
        .connections = config->database.connections,
        .line_limit = config->http.requests_in_flight,
        .statement_timeout_ms = config->database.statement_timeout.us / 1000,
        .wait_limit_ms = config->database.connect_timeout.us / 1000,
        .generic_plans = config->database.generic_plans,
    };
    app->intake_settings = app->pool_settings;
    app->intake_settings.connections = 1;
    fill_limits(app);
    context->zone = zone_find(config->display.zone);
    context->vault = app->made.vault;
    context->instance = app->made.instance;
    context->next_step = INSTANT_NONE;
    context->keys_revision = -1;
    context->standing = standing_new();
    context->keyring = keyring_new();
    context->polls = polls_new();
    context->serials = serials_new();
    context->hooks = hooks_new();
    context->intake = intake_new(context);
    context->routes = routes;
    context->route_count = route_count;
    context->pool = pool_new(app->base, &app->pool_settings);
    context->intake_pool = pool_new(app->base, &app->intake_settings);
}

static void clear_context(struct context *context)
{
    pool_free(context->intake_pool);
    pool_free(context->pool);
    intake_free(context->intake);
    hooks_free(context->hooks);
    serials_free(context->serials);
    polls_free(context->polls);
    keyring_free(context->keyring);
    standing_free(context->standing);
    snapshot_free(context->snapshot);
}

static bool listen_all(struct app *app)
{
    int first;
    int passed = supervisor_sockets(&first);
    for (int i = 0; i < passed; i++)
        if (!server_adopt(app->server, first + i, &app->err))
            return false;
    if (passed == 0 && !server_listen(app->server, app->config->http.listen, &app->err))
        return false;
    log_line(LOG_INFO, "listening", "address=%s port=%d instance=%d", app->config->http.listen,
             server_port(app->server), app->context.instance);
    return true;
}

static bool build_server(struct app *app)
{
    const struct config *config = app->config;
    struct server_settings settings = server_settings_standard();
    settings.limits.head = config->http.head_limit;
    settings.limits.body = config->http.body_limit;
    settings.limits.batch_body = config->http.batch_limit;
    settings.limits.import_body = config->http.import_limit;
    settings.connections = config->http.connections;
    settings.in_flight = config->http.requests_in_flight + config->polls.held;
    settings.head = config->http.head_timeout;
    settings.body = config->http.body_timeout;
    settings.idle = config->http.idle_timeout;
    app->server = server_new(app->base, &settings, routes_dispatch, &app->context);
    return listen_all(app);
}

static void end_if_idle(struct app *app)
{
    if (app->drained && refresh_idle(&app->context))
        event_base_loopbreak(app->base);
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct app *app = context;
    refresh_tick(&app->context);
    end_if_idle(app);
}

static void on_drained(void *context)
{
    struct app *app = context;
    app->drained = true;
    end_if_idle(app);
}

static void on_grace(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct app *app = context;
    log_line(LOG_WARN, "drain_cut", "in_flight=%d", server_in_flight(app->server));
    event_base_loopbreak(app->base);
}

/* No new work; open requests are finished, held polls answered. */
static void on_stop(void *context)
{
    struct app *app = context;
    if (app->context.draining)
        return;
    log_line(LOG_INFO, "draining", "in_flight=%d", server_in_flight(app->server));
    supervisor_stopping();
    app->context.draining = true;
    struct span grace = app->config->http.drain_grace;
    event_add(app->grace, &(struct timeval){grace.us / 1000000, grace.us % 1000000});
    server_drain(app->server, on_drained, app);
}

static void on_reload(void *context)
{
    struct app *app = context;
    log_line(LOG_INFO, "reloading", "what=registry");
    supervisor_reloading();
    refresh_registry(&app->context);
    supervisor_ready();
}

static void run_loop(struct app *app)
{
    app->tick = event_new(app->base, -1, EV_PERSIST, on_tick, app);
    event_add(app->tick, &(struct timeval){0, TICK_MS * 1000L});
    app->grace = evtimer_new(app->base, on_grace, app);
    app->signals = signals_new(app->base, &(struct signal_hooks){on_stop, on_reload, app});
    app->supervisor = supervisor_new(app->base);
    supervisor_ready();
    event_base_dispatch(app->base);
    supervisor_free(app->supervisor);
    signals_free(app->signals);
    event_free(app->grace);
    event_free(app->tick);
}

static bool start(struct app *app)
{
    if (!make_directory(app) || !find_database(app) || !read_presets(app) ||
        !setup_run(&app->setup, app->arena, &app->made, &app->err))
        return false;
    if (app->made.made_admin_key)
        log_line(LOG_INFO, "admin_key_made", "file=%s/admin.key", app->config->state.directory);
    app->base = event_base_new();
    build_context(app);
    return build_poster(app) && build_server(app);
}

static int finish(struct app *app, bool good)
{
    if (!good)
        log_line(LOG_ERROR, "start_failed", "detail=\"%s\" at=%s",
                 app->err.detail ? app->err.detail : "bad input",
                 app->err.count > 0 ? app->err.items[0].pointer : "-");
    server_free(app->server);
    poster_free(app->poster);
    if (app->base != NULL) {
        clear_context(&app->context);
        event_base_free(app->base);
    }
    private_pg_stop(app->private_pg);
    zone_close();
    arena_free(app->arena);
    return good ? 0 : 1;
}

static void begin(struct app *app, const struct config *config)
{
    *app = (struct app){.config = config, .arena = arena_new()};
    app->err.arena = app->arena;
    log_set_level(config->log.level);
    if (*config->test.clock_file != '\0')
        clock_from_file(config->test.clock_file);
}

int app_serve(const struct config *config)
{
    struct app app;
    begin(&app, config);
    bool good = start(&app);
    if (good) {
        run_loop(&app);
        log_line(LOG_INFO, "stopped", "flows=%d", app.context.flows);
    }
    return finish(&app, good);
}

int app_migrate(const struct config *config)
{
    struct app app;
    int count = 0;
    begin(&app, config);
    bool good =
        make_directory(&app) && find_database(&app) && setup_migrate(&app.setup, &count, &app.err);
    if (good)
        log_line(LOG_INFO, "migrations_done", "count=%d", count);
    return finish(&app, good);
}
