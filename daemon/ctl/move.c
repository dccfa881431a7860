/* Moves: `whistlectl sign TASK`, `whistlectl reply TASK --result ...`, and the generic `move`. The
 * difficulty is to know no move by name: commands and options are made from the table of moves,
 * types of fields from wire/move_json. */
#include "ctl/move.h"

#include <stdio.h>
#include <string.h>

#include "ctl/ask.h"
#include "ctl/head.h"
#include "ctl/input.h"
#include "ctl/view.h"
#include "domain/moves.h"
#include "wire/move_json.h"

static command_fn move_run, named_run;

static const struct option_row move_options[] = {
    {"data",  "JSON",       "the body, an object",                                     false},
    {"field", "NAME=VALUE", "one member of the body; NAME:=JSON for what is not text", true },
    {"claim", "C",          "the claim under which the task is held",                  false},
    {NULL,    NULL,         NULL,                                                      false},
};

const struct command move_command = {
    .name = "move",
    .usage = "ticket|task|whistle|need|project ID MOVE [--data JSON] [--field NAME=VALUE]... "
             "[--claim C]",
    .summary = "do any move, also one this program does not know",
    .options = move_options,
    .least = 3,
    .most = 3,
    .run = move_run,
};

/* What a move can be on, as the command line and the path name it, and which moves it has. */
struct subject {
    const char *word, *path;
    unsigned ons; /* 1 << ON_... */
};
enum { MOVE_WIDTH = 17 /* of names in the help */ };
enum { ON_A_TICKET, ON_A_TASK, SUBJECTS_ALONE /* the others' moves have their word in front */ };
static const struct subject subjects[] = {
    {"ticket",  "/v1/tickets/",  1u << ON_TICKET                                 },
    {"task",    "/v1/tasks/",    1u << ON_TASK | 1u << ON_TARGET | 1u << ON_SHARE},
    {"whistle", "/v1/whistles/", 1u << ON_WHISTLE                                },
    {"need",    "/v1/needs/",    1u << ON_OFFER                                  },
    {"project", "/v1/projects/", 1u << ON_OFFER                                  },
};

static const struct subject *subject_find(const char *word, size_t size)
{
    for (size_t i = 0; i < COUNT_OF(subjects); i++)
        if (strlen(subjects[i].word) == size && memcmp(subjects[i].word, word, size) == 0)
            return &subjects[i];
    return NULL;
}

static const struct move *subject_move(const struct subject *subject, const char *name)
{
    for (int i = 0; i < move_count; i++)
        if ((subject->ons & 1u << moves[i].on) != 0 && text_equal(moves[i].name, name))
            return &moves[i];
    return NULL;
}

static void show(const struct ctl *ctl, const struct subject *subject, const json_t *result)
{
    static const char *const skip[] = {"content", "route", "tasks", NULL};
    json_t *items CLEANUP(view_drop) = json_array();
    if (subject >= &subjects[SUBJECTS_ALONE]) {
        head_print(ctl, result);
        return;
    }
    if (subject == &subjects[ON_A_TICKET]) {
        view_record(ctl, result, skip);
        json_array_extend(items, json_object_get(result, "tasks"));
    } else
        json_array_append(items, (json_t *)result);
    if (json_array_size(items) > 0)
        view_table(ctl, view_task_columns, view_task_column_count, items);
}

static int send(struct ctl *ctl, const struct subject *subject, const char *id, const char *move,
                const json_t *body)
{
    struct text path CLEANUP(text_clear) = {0}, data CLEANUP(text_clear) = {0};
    text_add(&path, subject->path);
    ctl_encode(&path, id);
    text_format(&path, "/%s", move);
    view_dump(body, JSON_COMPACT, &data);
    struct http_request request = {
        .method = "POST",
        .path = path.at,
        .body = {data.at, data.size},
        .idempotency_key = ask_key(ctl->arena),
    };
    struct http_answer answer;
    int code = ask(ctl, &request, ctl->arena, &answer);
    if (code != EXIT_OK)
        return code;
    if (ctl->json) {
        ctl_print(answer.body);
        return EXIT_OK;
    }
    json_t *result CLEANUP(view_drop) = view_parse(&answer);
    if (result == NULL)
        return EXIT_SERVER;
    show(ctl, subject, result);
    return EXIT_OK;
}

static bool move_name_usable(const char *name)
{
    return name[strspn(name, "abcdefghijklmnopqrstuvwxyz_/")] == '\0' && name[0] != '/';
}

/* NAME=VALUE or NAME:=JSON */
static bool add_field(const char *field, json_t *body)
{
    size_t size = strcspn(field, "=");
    if (size == 0 || field[size] == '\0')
        return false;
    bool typed = field[size - 1] == ':';
    struct text name CLEANUP(text_clear) = {0};
    text_add_bytes(&name, field, size - (typed ? 1 : 0));
    json_t *value =
        typed ? json_loads(field + size + 1, JSON_DECODE_ANY, NULL) : json_string(field + size + 1);
    return json_object_set_new(body, name.at, value) == 0;
}

static int move_run(struct ctl *ctl)
{
    const char *what = ctl_argument(ctl, 0), *id = ctl_argument(ctl, 1);
    const char *move = ctl_argument(ctl, 2), *data = ctl_option(ctl, "data");
    const struct subject *subject = subject_find(what, strlen(what));
    if (subject == NULL)
        return ctl_usage(ctl, "%s: neither ticket nor task, whistle, need or project", what);
    if (!move_name_usable(move))
        return ctl_usage(ctl, "%s cannot be the name of a move", move);
    json_t *body CLEANUP(view_drop) =
        data != NULL ? json_loads(data, JSON_REJECT_DUPLICATES, NULL) : json_object();
    if (!json_is_object(body))
        return ctl_usage(ctl, "--data is not a JSON object");
    struct names fields = options_all(&ctl->options, "field");
    for (int i = 0; i < fields.count; i++)
        if (!add_field(fields.at[i], body))
            return ctl_usage(ctl,
                             "--field %s: not NAME=VALUE, or not JSON behind :=", fields.at[i]);
    if (ctl_option(ctl, "claim") != NULL)
        json_object_set_new(body, "claim", json_string(ctl_option(ctl, "claim")));
    return send(ctl, subject, id, move, body);
}

static json_t *value_of_flag(const char *text)
{
    if (text_equal(text, "yes") || text_equal(text, "true"))
        return json_true();
    return text_equal(text, "no") || text_equal(text, "false") ? json_false() : NULL;
}

static json_t *value_of_list(const char *text, struct arena *arena)
{
    struct names parts = names_split(arena, text, ',');
    json_t *list = json_array();
    for (int i = 0; i < parts.count; i++)
        json_array_append_new(list, json_string(parts.at[i]));
    return list;
}

/* A field's text as JSON of the field's type; NULL: it cannot be that. */
static json_t *value_of(const char *type, const char *text, struct arena *arena)
{
    int64_t number;
    if (type == NULL || text_equal(type, "string"))
        return json_string(text);
    if (text_equal(type, "boolean"))
        return value_of_flag(text);
    if (text_equal(type, "integer") && text_to_int(text, INT64_MIN, INT64_MAX, &number))
        return json_integer(number);
    if (text[0] == '{' || text[0] == '[')
        return json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    if (text_equal(type, "array"))
        return value_of_list(text, arena);
    return text_equal(type, "object") ? input_amount(text) : NULL;
}

/* --public-answer is the member public_answer. */
static char *respell(struct arena *arena, const char *name, char from, char to)
{
    char *other = arena_copy(arena, name);
    for (char *at = other; (at = strchr(at, from)) != NULL; at++)
        *at = to;
    return other;
}

static int named_run(struct ctl *ctl)
{
    const char *id = ctl_argument(ctl, 0), *name = ctl->command->name;
    const char *blank = strchr(name, ' ');
    bool task = strchr(id, '-') != NULL; /* a task's id is TICKET-NUMBER */
    const struct subject *subject = &subjects[task ? ON_A_TASK : ON_A_TICKET];
    if (blank != NULL) {
        subject = subject_find(name, (size_t)(blank - name));
        name = blank + 1;
    }
    if (subject_move(subject, name) == NULL)
        return ctl_usage(ctl, "%s: %s is no move for a %s", id, name, subject->word);
    json_t *body CLEANUP(view_drop) = json_object();
    for (const struct option_row *row = ctl->command->options; row->name != NULL; row++) {
        const char *text = ctl_option(ctl, row->name);
        const char *field = respell(ctl->arena, row->name, '-', '_');
        if (text == NULL)
            continue;
        json_t *value = value_of(move_field_schema(name, field), text, ctl->arena);
        if (value == NULL)
            return ctl_usage(ctl, "--%s %s: not of the form that this field has", row->name, text);
        json_object_set_new(body, field, value);
    }
    return send(ctl, subject, id, name, body);
}

/* What stands for a value of that type in the help. */
static const char *value_word(const char *move, const char *field)
{
    const char *type = move_field_schema(move, field);
    if (text_equal(type, "boolean"))
        return "yes|no";
    if (text_equal(type, "array"))
        return "A,B|JSON";
    return text_equal(type, "object") ? "N:UNIT" : "TEXT";
}

/* Rows under construction; moves of the same name on tickets and on tasks have one command. */
struct making {
    struct arena *arena;
    struct option_row *rows;
    size_t count;
    struct text usage;
};

static void make_row(struct making *making, const char *move, const char *field)
{
    char *name = respell(making->arena, field, '_', '-');
    size_t size = strlen(name);
    bool required = size > 0 && name[size - 1] == '!';
    if (required)
        name[size - 1] = '\0';
    for (size_t i = 0; i < making->count; i++)
        if (text_equal(making->rows[i].name, name))
            return;
    const char *word = value_word(move, respell(making->arena, name, '-', '_'));
    making->rows = arena_grow(making->arena, making->rows, making->count + 1, making->count + 2,
                              sizeof(*making->rows));
    making->rows[making->count++] =
        (struct option_row){name, word, required ? "required" : "", false};
    text_format(&making->usage, required ? " --%s %s" : " [--%s %s]", name, word);
}

/* An option for every field of the subject's moves of that name; NULL: there are none. */
static const struct move *make_rows(struct making *making, const struct subject *subject,
                                    const char *name)
{
    for (int i = 0; i < move_count; i++) {
        if ((subject->ons & 1u << moves[i].on) == 0 || !text_equal(moves[i].name, name))
            continue;
        struct names fields = names_split(making->arena, moves[i].fields, ' ');
        for (int field = 0; field < fields.count; field++)
            make_row(making, name, fields.at[field]);
    }
    return subject_move(subject, name);
}

static const struct command *make(struct making *making, const char *name, const char *id,
                                  const struct move *move)
{
    struct command *command = ARENA_NEW(making->arena, struct command);
    *command = (struct command){
        .name = name,
        .usage = arena_format(making->arena, "%s%s", id,
                              making->usage.at != NULL ? making->usage.at : ""),
        .summary = move->title,
        .options = making->rows,
        .least = 1,
        .most = 1,
        .run = named_run,
    };
    text_clear(&making->usage);
    return command;
}

const struct command *move_command_of(const struct names *words, struct arena *arena,
                                      int *ret_words)
{
    if (words->count == 0)
        return NULL;
    struct making making = {arena, ARENA_NEW(arena, struct option_row), 0, {0}};
    const char *first = words->at[0];
    const struct subject *subject = subject_find(first, strlen(first));
    if (subject != NULL && subject >= &subjects[SUBJECTS_ALONE] && words->count > 1) {
        const struct move *move = make_rows(&making, subject, words->at[1]);
        *ret_words = 2;
        return move == NULL
                   ? NULL
                   : make(&making, arena_format(arena, "%s %s", first, move->name), "ID", move);
    }
    const struct move *ticket = make_rows(&making, &subjects[ON_A_TICKET], first);
    const struct move *task = make_rows(&making, &subjects[ON_A_TASK], first);
    const struct move *move = ticket != NULL ? ticket : task;
    if (move == NULL)
        return NULL;
    if (task != NULL)
        make_row(&making, first, "claim");
    *ret_words = 1;
    return make(&making, move->name,
                ticket != NULL && task != NULL ? "NO|TASK"
                : task != NULL                 ? "TASK"
                                               : "NO",
                move);
}

/* The first of the subject's moves of that name, and no command has the name already. */
static bool is_listed(const struct subject *subject, const struct move *move)
{
    for (int i = 0; command_table[i] != NULL; i++)
        if (subject < &subjects[SUBJECTS_ALONE] && text_equal(command_table[i]->name, move->name))
            return false;
    return subject_move(subject, move->name) == move;
}

static void list_moves(const struct subject *subject, const char *front, const char *what)
{
    for (int i = 0; i < move_count; i++)
        if ((subject->ons & 1u << moves[i].on) != 0 && is_listed(subject, &moves[i]))
            printf("  %s%-*s  %-6s  %s\n", front, MOVE_WIDTH - (int)strlen(front), moves[i].name,
                   what, moves[i].title);
}

void move_help(void)
{
    list_moves(&subjects[ON_A_TICKET], "", subjects[ON_A_TICKET].word);
    list_moves(&subjects[ON_A_TASK], "", subjects[ON_A_TASK].word);
    for (size_t i = SUBJECTS_ALONE; i < COUNT_OF(subjects); i++) {
        struct text front CLEANUP(text_clear) = {0};
        text_format(&front, "%s ", subjects[i].word);
        list_moves(&subjects[i], front.at, "");
    }
}
