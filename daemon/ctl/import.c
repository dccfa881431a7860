/* import: registry rows from CSV, streamed from the file, with a bar while it is sent and a clock
 * while the server checks. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ctl/ask.h"
#include "ctl/command.h"
#include "ctl/refusal.h"
#include "ctl/registry.h"
#include "ctl/view.h"

static command_fn import_run, import_calendar_run;

const struct command import_command = {
    .name = "import",
    .usage = "KIND FILE.csv",
    .summary = "import registry rows: all of the file, or none with every bad row named",
    .least = 2,
    .most = 2,
    .run = import_run,
};

const struct command import_calendar_command = {
    .name = "import calendar",
    .usage = "CODE FILE.csv",
    .summary = "import a calendar's holidays and make-up days (date,kind,name)",
    .least = 2,
    .most = 2,
    .run = import_calendar_run,
};

enum { TIMEOUT_S = 600, BAR = 30, KB = 1024 };

/* The line at the bottom of the terminal. */
struct bar {
    const char *name;
    bool shown;
    time_t sent_at; /* when the last byte left; 0: not yet */
    int64_t last;   /* what was drawn last, so that a line is drawn once */
};

static void draw_bar(struct bar *bar, int64_t sent, int64_t total)
{
    int64_t percent = total > 0 ? sent * 100 / total : 100;
    if (percent == bar->last)
        return;
    bar->last = percent;
    bar->shown = true;
    int full = (int)(percent * BAR / 100);
    fprintf(stderr, "\r%s [%.*s%*s] %3lld%%  %lld of %lld kB\033[K", bar->name, full,
            "##############################", BAR - full, "", (long long)percent,
            (long long)(sent / KB), (long long)(total / KB));
}

static void draw_checking(struct bar *bar)
{
    int64_t seconds = time(NULL) - bar->sent_at;
    if (seconds == bar->last)
        return;
    bar->last = seconds;
    fprintf(stderr, "\r%s sent, the server is checking %c %lld s\033[K", bar->name,
            "|/-\\"[seconds % 4], (long long)seconds);
}

static void on_progress(void *context, int64_t sent, int64_t total)
{
    struct bar *bar = context;
    if (sent < total || bar->last < 0) {
        bar->sent_at = 0;
        draw_bar(bar, sent, total);
        return;
    }
    if (bar->sent_at == 0) {
        draw_bar(bar, sent, total);
        bar->sent_at = time(NULL);
        bar->last = -1;
    }
    draw_checking(bar);
}

static void bar_clear(const struct bar *bar)
{
    if (bar->shown)
        fputs("\r\033[K", stderr);
}

/* "/12/areas" -> line 12, field areas. */
static void add_bad_row(struct table *table, struct arena *arena, const json_t *item)
{
    const char *pointer = view_text(arena, item, "pointer");
    const char *line = pointer[0] == '/' ? pointer + 1 : "";
    size_t size = strcspn(line, "/");
    const char *field = line[size] == '/' ? line + size + 1 : "";
    if (strspn(line, "0123456789") != size) { /* about the file, not a row */
        field = pointer;
        size = 0;
    }
    table_add(table, (const char *[]){arena_bytes(arena, line, size), field,
                                      view_text(arena, item, "detail")});
}

static void print_bad_rows(const struct ctl *ctl, const json_t *errors)
{
    static const struct column columns[] = {
        {"line",   "", COLUMN_NUMBER},
        {"field",  "", COLUMN_CODE  },
        {"reason", "", COLUMN_TEXT  },
    };
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct table *table = table_new(arena, &ctl->screen, columns, COUNT_OF(columns));
    for (size_t i = 0; i < json_array_size(errors); i++)
        add_bad_row(table, arena, json_array_get(errors, i));
    table_print(table, stdout);
}

static void file_drop(FILE **file)
{
    if (*file != NULL)
        fclose(*file);
}

/* Opens what can be read twice: the upload may have to begin again. */
static FILE *open_file(const char *path, int64_t *ret_size)
{
    struct stat stat;
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        ctl_say("%s: %s", path, strerror(errno));
        return NULL;
    }
    if (fstat(fileno(file), &stat) != 0 || !S_ISREG(stat.st_mode)) {
        ctl_say("%s: not a regular file", path);
        fclose(file);
        return NULL;
    }
    posix_fadvise(fileno(file), 0, 0, POSIX_FADV_SEQUENTIAL);
    *ret_size = stat.st_size;
    return file;
}

static int end(struct ctl *ctl, const struct http_answer *answer)
{
    json_t *json CLEANUP(view_drop) = view_parse(answer);
    if (json == NULL)
        return EXIT_SERVER;
    if (ctl->json)
        ctl_print(answer->body);
    else
        view_record(ctl, json, NULL);
    return EXIT_OK;
}

static int end_refused(struct ctl *ctl, const struct http_answer *answer, const char *path)
{
    json_t *problem CLEANUP(view_drop) = json_loadb(answer->body.at, answer->body.size, 0, NULL);
    json_t *errors = json_object_get(problem, "errors");
    size_t count = json_array_size(errors);
    if (ctl->json)
        ctl_print(answer->body);
    else if (count > 0) {
        print_bad_rows(ctl, errors);
        json_object_del(problem, "errors"); /* they have been shown */
    }
    if (count > 0 && !ctl->json)
        refusal_say_problem(problem, answer->status, path, answer->request_id);
    else
        refusal_say(answer, path);
    return EXIT_REFUSED;
}

static int upload(struct ctl *ctl, const char *path, const char *file_name)
{
    int64_t size;
    FILE *file CLEANUP(file_drop) = open_file(file_name, &size);
    if (file == NULL)
        return EXIT_USAGE;
    struct bar bar = {.name = file_name, .last = -1};
    bool watched = isatty(STDERR_FILENO) == 1 && !ctl->quiet && !ctl->json;
    struct http_request request = {
        .method = "POST",
        .path = path,
        .type = "text/csv; charset=utf-8",
        .file = file,
        .file_size = size,
        .progress = watched ? on_progress : NULL,
        .context = &bar,
        .own_422 = true,
    };
    if (ctl_option(ctl, "timeout") == NULL)
        http_set_timeout(ctl->http, TIMEOUT_S);
    struct http_answer answer;
    int code = ask(ctl, &request, ctl->arena, &answer);
    bar_clear(&bar);
    if (answer.status == 422)
        return end_refused(ctl, &answer, file_name);
    return code == EXIT_OK ? end(ctl, &answer) : code;
}

static int import_run(struct ctl *ctl)
{
    struct text path CLEANUP(text_clear) = {0};
    const char *kind = registry_kind_name(ctl, ctl_argument(ctl, 0));
    if (kind == NULL)
        return EXIT_USAGE;
    text_format(&path, "/v1/import/%s", kind);
    return upload(ctl, path.at, ctl_argument(ctl, 1));
}

static int import_calendar_run(struct ctl *ctl)
{
    struct text path CLEANUP(text_clear) = {0};
    text_add(&path, "/v1/calendars/");
    ctl_encode(&path, ctl_argument(ctl, 0));
    text_add(&path, "/overrides");
    return upload(ctl, path.at, ctl_argument(ctl, 1));
}
