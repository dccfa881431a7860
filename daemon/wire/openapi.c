/* Paths of the description; the schemas are wire/openapi_schemas. */
#include "wire/openapi.h"

#include <string.h>

#include "wire/openapi_schemas.h"
#include "wire/writer.h"

static const char document[] =
    "\"openapi\":\"3.1.0\",\"jsonSchemaDialect\":\"https://json-schema.org/draft/2020-12/schema\","
    "\"info\":{\"title\":\"whistled\",\"version\":\"" WHISTLED_VERSION "\",\"description\":"
    "\"Dispatch of 12345 hotline tickets to the member units of a street's party building "
    "alliance. A member of a body that is null counts as absent.\"}";

static const char components[] =
    "\"securitySchemes\":{\"key\":{\"type\":\"http\",\"scheme\":\"bearer\"}},\"responses\":{"
    "\"Problem\":{\"description\":\"What went wrong (RFC 9457)\",\"content\":{"
    "\"application/problem+json\":{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}}}";

/* Headers of requests. */
static const char idempotency_key[] =
    "{\"name\":\"Idempotency-Key\",\"in\":\"header\",\"schema\":{\"type\":\"string\"},"
    "\"description\":\"The same key and body again within 7 days: the stored answer\"}";
static const char if_match[] =
    "{\"name\":\"If-Match\",\"in\":\"header\",\"schema\":{\"type\":\"string\"},"
    "\"description\":\"The ETag that was read; another one now: 412\"}";
static const char prefer[] =
    "{\"name\":\"Prefer\",\"in\":\"header\",\"schema\":{\"type\":\"string\",\"pattern\":"
    "\"wait=[0-9]+\"},\"description\":\"wait=N: hold the answer for up to N seconds\"}";
static const char if_none_match[] =
    "{\"name\":\"If-None-Match\",\"in\":\"header\",\"schema\":{\"type\":\"string\"},"
    "\"description\":\"The ETag of the last answer: 304 until it differs\"}";

/* Query members that are no plain texts. */
static const struct {
    const char *name, *schema;
} query_schemas[] = {
    {"limit",  "{\"type\":\"integer\",\"minimum\":1}"                                  },
    {"cursor", "{\"type\":\"string\",\"description\":\"`next` of the page before\"}"   },
    {"after",  "{\"type\":\"string\",\"description\":\"`next` of the answer before\"}" },
    {"from",   "{\"type\":\"string\",\"description\":\"a date or a time with offset\"}"},
    {"to",     "{\"type\":\"string\",\"description\":\"a date or a time with offset\"}"},
    {"within", "{\"type\":\"string\",\"pattern\":\"^[0-9]+[smhd]$\"}"                  },
    {"stage",  "{\"enum\":[\"sign\",\"contact\",\"resolve\",\"acknowledge\",\"arrive\","
              "\"result\"]}"                                              },
};

/* One operation: a route, or a route for one move. */
struct operation {
    const struct openapi_route *route;
    const struct move *move;
    const char *path;
};

static void put_query(struct text *text, const char *name)
{
    put_begin(text, NULL, '{');
    put_text(text, "name", name);
    put_text(text, "in", "query");
    const char *schema = "{\"type\":\"string\"}";
    for (size_t i = 0; i < COUNT_OF(query_schemas); i++)
        if (strcmp(query_schemas[i].name, name) == 0)
            schema = query_schemas[i].schema;
    put_raw(text, "schema", slice_of(schema));
    put_end(text, '}');
}

/* A parameter for each {name} of the path. */
static void put_path_names(struct text *text, const char *path, struct arena *arena)
{
    for (const char *open = strchr(path, '{'); open != NULL; open = strchr(open + 1, '{')) {
        size_t size = strcspn(open + 1, "}");
        put_begin(text, NULL, '{');
        put_text(text, "name", arena_bytes(arena, open + 1, size));
        put_text(text, "in", "path");
        put_flag(text, "required", true);
        put_raw(text, "schema", slice_of("{\"type\":\"string\"}"));
        put_end(text, '}');
    }
}

static void put_parameters(struct text *text, const struct operation *operation,
                           struct arena *arena)
{
    const struct openapi_route *route = operation->route;
    struct names query = names_split(arena, route->query, ' ');
    put_begin(text, "parameters", '[');
    put_path_names(text, operation->path, arena);
    for (int i = 0; i < query.count; i++)
        put_query(text, query.at[i]);
    if (route->idempotent)
        put_raw(text, NULL, slice_of(idempotency_key));
    if (route->if_match)
        put_raw(text, NULL, slice_of(if_match));
    if (route->waits) {
        put_raw(text, NULL, slice_of(prefer));
        put_raw(text, NULL, slice_of(if_none_match));
    }
    put_end(text, ']');
}

static void put_content(struct text *text, const char *media, const char *schema,
                        struct arena *arena)
{
    put_begin(text, "content", '{');
    put_begin(text, media, '{');
    put_begin(text, "schema", '{');
    put_text(text, "$ref", arena_format(arena, "#/components/schemas/%s", schema));
    put_end(text, '}');
    put_end(text, '}');
    put_end(text, '}');
}

/* The schema of a body: of a move its own; a key is sent in another form than it is shown. */
static void put_body(struct text *text, const struct operation *operation, struct arena *arena)
{
    const struct openapi_route *route = operation->route;
    const char *schema = route->body;
    if (schema == NULL)
        return;
    if (operation->move != NULL)
        schema = move_schema_name(operation->move, arena);
    else if (strcmp(schema, "Key") == 0)
        schema = "KeyAsk";
    put_begin(text, "requestBody", '{');
    put_flag(text, "required", operation->move == NULL || strchr(operation->move->fields, '!'));
    if (route->patch) {
        put_raw(text, "content",
                slice_of("{\"application/merge-patch+json\":{\"schema\":{\"type\":\"object\"}}}"));
    } else {
        put_content(text, route->csv ? "text/csv" : "application/json", schema, arena);
    }
    put_end(text, '}');
}

static void put_problem(struct text *text, const char *status)
{
    put_raw(text, status, slice_of("{\"$ref\":\"#/components/responses/Problem\"}"));
}

static void put_responses(struct text *text, const struct openapi_route *route, struct arena *arena)
{
    bool body = route->body != NULL, named = strchr(route->path, '{') != NULL;
    put_begin(text, "responses", '{');
    put_begin(text, arena_format(arena, "%d", route->status), '{');
    put_text(text, "description", route->summary);
    if (route->status != 204) {
        bool plain = route->answer != NULL && strcmp(route->answer, "Metrics") == 0;
        const char *media = plain ? "text/plain" : "application/json";
        if (route->answer != NULL)
            put_content(text, route->media != NULL ? route->media : media, route->answer, arena);
    }
    put_end(text, '}');
    if (route->waits)
        put_raw(text, "304", slice_of("{\"description\":\"Nothing new\"}"));
    const struct {
        const char *status;
        bool may;
    } problems[] = {
        {"400", true                   },
        {"401", !route->open           },
        {"403", !route->open           },
        {"404", named                  },
        {"409", body || route->if_match},
        {"412", route->if_match        },
        {"413", body                   },
        {"415", body                   },
        {"422", body || route->query   },
        {"429", true                   },
        {"503", true                   },
    };
    for (size_t i = 0; i < COUNT_OF(problems); i++)
        if (problems[i].may)
            put_problem(text, problems[i].status);
    put_end(text, '}');
}

/* "post_v1_tasks_id_return_approve" */
static const char *operation_id(const struct operation *operation, struct arena *arena)
{
    char *id = arena_format(arena, "%s%s", operation->route->method, operation->path);
    char *into = id;
    for (char *at = id; *at != '\0'; at++) {
        if (*at == '{' || *at == '}')
            continue;
        bool sign = *at == '/' || *at == '.' || *at == '-';
        *into++ = (char)(sign ? '_' : *at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
    }
    *into = '\0';
    return id;
}

static const char *lower(const char *method, struct arena *arena)
{
    char *text = arena_copy(arena, method);
    for (char *at = text; *at != '\0'; at++)
        *at = (char)(*at | 0x20);
    return text;
}

static const char *move_roles(const struct move *move, struct arena *arena)
{
    struct names roles = {0};
    for (int role = 0; role < CALLER_ROLE_COUNT; role++)
        if ((move->who & 1u << role) != 0)
            roles = names_with(arena, &roles, caller_role_words[role]);
    return names_join(arena, &roles, ", ");
}

/* The third part of "/v1/tickets/..." groups what belongs together. */
static const char *tag_of(const char *path, struct arena *arena)
{
    const char *from = text_starts(path, "/v1/") ? path + strlen("/v1/") : "operation";
    return arena_bytes(arena, from, strcspn(from, "/"));
}

static void put_operation(struct text *text, const struct operation *operation, struct arena *arena)
{
    const struct openapi_route *route = operation->route;
    const struct move *move = operation->move;
    put_begin(text, lower(route->method, arena), '{');
    put_text(text, "operationId", operation_id(operation, arena));
    put_text(text, "summary", move != NULL ? move->title : route->summary);
    put_text(
        text, "description",
        arena_format(arena, "Roles: %s.", move != NULL ? move_roles(move, arena) : route->roles));
    put_begin(text, "tags", '[');
    put_text(text, NULL, tag_of(route->path, arena));
    put_end(text, ']');
    put_raw(text, "security", slice_of(route->open ? "[]" : "[{\"key\":[]}]"));
    put_parameters(text, operation, arena);
    put_body(text, operation, arena);
    put_responses(text, route, arena);
    put_end(text, '}');
}

/* What the moves of a path are on. */
static int moves_of(const char *path)
{
    if (text_starts(path, "/v1/whistles/"))
        return strstr(path, "/targets/") != NULL ? ON_TARGET : ON_WHISTLE;
    if (text_starts(path, "/v1/needs/") || text_starts(path, "/v1/projects/"))
        return ON_OFFER;
    return text_starts(path, "/v1/tasks/") ? ON_TASK : ON_TICKET;
}

/* A path of tasks also takes the moves on shares, as far as a ticket's task has none of the name.
 */
static bool is_there(const struct move *move, int on)
{
    return move->on == on ||
           (on == ON_TASK && move->on == ON_SHARE && move_find(ON_TASK, move->name) == NULL);
}

/* One path for each move that fits the row: decisions ("return/approve") have a row of their own.
 */
static void put_moves(struct text *text, const struct openapi_route *route, const char *template,
                      struct arena *arena)
{
    bool decision = strstr(route->path, "{decision}") != NULL;
    int on = moves_of(route->path);
    for (int i = 0; i < move_count; i++) {
        if (!is_there(&moves[i], on) || (strchr(moves[i].name, '/') != NULL) != decision)
            continue;
        const char *path = arena_format(arena, "%.*s%s", (int)(template - route->path), route->path,
                                        moves[i].name);
        put_begin(text, path, '{');
        put_operation(text, &(struct operation){route, &moves[i], path}, arena);
        put_end(text, '}');
    }
}

/* All methods of the path of `routes[first]`, unless an earlier row began it. */
static void put_path(struct text *text, const struct openapi_route *routes, int count, int first,
                     struct arena *arena)
{
    const char *path = routes[first].path, *template = strstr(path, "{move}");
    if (template != NULL) {
        put_moves(text, &routes[first], template, arena);
        return;
    }
    for (int i = 0; i < first; i++)
        if (strcmp(routes[i].path, path) == 0)
            return;
    put_begin(text, path, '{');
    for (int i = first; i < count; i++)
        if (strcmp(routes[i].path, path) == 0)
            put_operation(text, &(struct operation){&routes[i], NULL, path}, arena);
    put_end(text, '}');
}

struct slice openapi_write(const struct openapi_route *routes, int count, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    text_add(&text, "{");
    text_add(&text, document);
    put_begin(&text, "paths", '{');
    for (int i = 0; i < count; i++)
        put_path(&text, routes, count, i, arena);
    put_end(&text, '}');
    put_begin(&text, "components", '{');
    text_add(&text, components);
    put_begin(&text, "schemas", '{');
    schemas_put(&text);
    put_end(&text, '}');
    put_end(&text, '}');
    put_end(&text, '}');
    return put_done(&text, arena);
}
