/* submit: tickets from a file. One object goes alone, more go in batches, each with one
 * Idempotency-Key for all its tries, so that a lost answer makes no ticket twice. */
#include <stdio.h>

#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/input.h"
#include "ctl/refusal.h"
#include "ctl/view.h"

static command_fn submit_run;

static const struct option_row submit_options[] = {
    {"full", NULL, "also why: the best candidates with their terms", false},
    {NULL,   NULL, NULL,                                             false},
};

const struct command submit_command = {
    .name = "submit",
    .usage = "FILE|- [--full]",
    .summary = "submit tickets: one JSON object, an array, or JSON lines",
    .options = submit_options,
    .least = 1,
    .most = 1,
    .run = submit_run,
};

static const struct column columns[] = {
    {"#",           "#",                   COLUMN_NUMBER},
    {"no",          "no",                  COLUMN_CODE  },
    {"state",       "state",               COLUMN_CODE  },
    {"basis",       "route.basis",         COLUMN_CODE  },
    {"unit",        "route.unit",          COLUMN_NAMED },
    {"org",         "route.org",           COLUMN_NAMED },
    {"resolve due", "tasks.0.resolve_due", COLUMN_TIME  },
};

enum { BATCH = 500, BATCH_BYTES = 16 << 20 };

struct submission_run {
    struct ctl *ctl;
    const char *path; /* of the file */
    const struct input_piece *pieces;
    int count;
    struct table *table;
    json_t *tickets; /* with --full: those that were accepted */
    int worst;       /* exit code */
};

static void keep_worst(struct submission_run *run, int code)
{
    run->worst = code > run->worst ? code : run->worst;
}

/* What else there is of the same caller or matter, for who reads along; programs take --json. */
static void say_hints(const json_t *ticket)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct text text CLEANUP(text_clear) = {0};
    const char *callers = view_text(arena, ticket, "hints.same_caller");
    const json_t *similar = view_at(ticket, "hints.similar");
    if (callers[0] != '\0')
        text_format(&text, "; same caller: %s", callers);
    for (size_t i = 0; i < json_array_size(similar); i++) {
        const json_t *one = json_array_get(similar, i);
        text_format(&text, "%s %s (%.0f%%)", i == 0 ? "; similar:" : ",",
                    view_text(arena, one, "no"),
                    100 * json_number_value(json_object_get(one, "likeness")));
    }
    if (text.size > 0)
        ctl_say("%s%s", view_text(arena, ticket, "no"), text.at);
}

static void add_accepted(struct submission_run *run, json_t *ticket, int index)
{
    json_t *row CLEANUP(view_drop) = json_copy(ticket);
    json_object_set_new(row, "#", json_integer(index + 1));
    view_add(run->ctl, run->table, columns, COUNT_OF(columns), row);
    if (!run->ctl->json)
        say_hints(ticket);
    if (run->tickets != NULL)
        json_array_append(run->tickets, ticket);
}

static void add_result(struct submission_run *run, const json_t *result, int index)
{
    int status = (int)json_integer_value(json_object_get(result, "status"));
    if (status >= 200 && status < 300) {
        add_accepted(run, json_object_get(result, "ticket"), index);
        return;
    }
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    const char *where = arena_format(arena, "%s: ticket %d, line %d", run->path, index + 1,
                                     run->pieces[index].line);
    refusal_say_problem(json_object_get(result, "problem"), status, where, NULL);
    keep_worst(run, status >= 500 ? EXIT_SERVER : EXIT_REFUSED);
}

/* How many pieces from `first` on go together. */
static int batch_size(const struct submission_run *run, int first, struct text *body)
{
    int count = 0;
    text_add(body, "{\"tickets\":[");
    while (first + count < run->count && count < BATCH) {
        struct slice piece = run->pieces[first + count].bytes;
        if (count > 0 && body->size + piece.size > BATCH_BYTES)
            break;
        text_add(body, count > 0 ? ",\n" : "");
        text_add_bytes(body, piece.at, piece.size);
        count++;
    }
    text_add(body, "]}");
    return count;
}

static int post(struct submission_run *run, const char *path, struct slice body,
                struct arena *arena, struct http_answer *ret_answer)
{
    struct http_request request = {
        .method = "POST",
        .path = path,
        .body = body,
        .idempotency_key = ask_key(arena),
    };
    int code = ask(run->ctl, &request, arena, ret_answer);
    if (code == EXIT_OK && run->ctl->json)
        ctl_print(ret_answer->body);
    return code;
}

/* Returns false when the batch as a whole failed: the rest would too. */
static bool submit_batch(struct submission_run *run, int *first)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct text body CLEANUP(text_clear) = {0};
    struct http_answer answer;
    int count = batch_size(run, *first, &body);
    int code = post(run, "/v1/tickets/batch", (struct slice){body.at, body.size}, arena, &answer);
    json_t *json CLEANUP(view_drop) = code == EXIT_OK ? view_parse(&answer) : NULL;
    const json_t *results = json_object_get(json, "results");
    if (code != EXIT_OK || (int)json_array_size(results) != count) {
        ctl_say("%s: tickets %d to %d: %s", run->path, *first + 1, *first + count,
                code == EXIT_OK ? "the answer does not fit" : "none of these was accepted");
        keep_worst(run, code != EXIT_OK ? code : EXIT_SERVER);
        return false;
    }
    for (int i = 0; i < count; i++)
        add_result(run, json_array_get(results, (size_t)i), *first + i);
    *first += count;
    return true;
}

static void submit_one(struct submission_run *run)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct http_answer answer;
    int code = post(run, "/v1/tickets", run->pieces[0].bytes, arena, &answer);
    json_t *ticket CLEANUP(view_drop) = code == EXIT_OK ? view_parse(&answer) : NULL;
    if (ticket != NULL)
        add_accepted(run, ticket, 0);
    keep_worst(run, code == EXIT_OK && ticket == NULL ? EXIT_SERVER : code);
}

static void print_full(const struct submission_run *run)
{
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    for (size_t i = 0; i < json_array_size(run->tickets); i++) {
        const json_t *ticket = json_array_get(run->tickets, i);
        const char *no = view_text(arena, ticket, "no");
        bool pretty = run->ctl->screen.pretty;
        printf("%s%s\n", pretty ? "\n" : "", pretty ? no : "");
        view_candidates(run->ctl, pretty ? NULL : no, view_at(ticket, "route.candidates"));
    }
}

static int submit_run(struct ctl *ctl)
{
    struct text file CLEANUP(text_clear) = {0};
    struct submission_run run = {.ctl = ctl, .path = ctl_argument(ctl, 0)};
    struct input_piece *pieces;
    if (!input_read(run.path, &file) || !input_pieces((struct slice){file.at, file.size}, run.path,
                                                      ctl->arena, &pieces, &run.count))
        return EXIT_USAGE;
    json_t *tickets CLEANUP(view_drop) = ctl_option(ctl, "full") != NULL ? json_array() : NULL;
    run.pieces = pieces;
    run.tickets = tickets;
    run.table = table_new(ctl->arena, &ctl->screen, columns, COUNT_OF(columns));
    int first = 0;
    if (run.count == 1)
        submit_one(&run);
    else
        while (first < run.count && submit_batch(&run, &first))
            ;
    if (!ctl->json) {
        table_print(run.table, stdout);
        print_full(&run);
    }
    return run.worst;
}
