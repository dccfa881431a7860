/* A file of our own for what is shown once. */
#include "ctl/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ctl/ask.h"
#include "ctl/view.h"

/* A file that is ours alone; -1: says why not. */
static int open_out(const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        ctl_say("%s: %s", path, strerror(errno));
    return file;
}

static bool write_out(int file, const char *path, const char *secret)
{
    struct text line CLEANUP(text_clear) = {0};
    text_format(&line, "%s\n", secret);
    bool written = write(file, line.at, line.size) == (ssize_t)line.size && fsync(file) == 0;
    if (!written)
        ctl_say("%s: %s; end it and make another", path, strerror(errno));
    explicit_bzero(line.at, line.size);
    return written;
}

/* Shows it all, or writes the secret to the file and shows the rest. */
static int deliver(struct ctl *ctl, json_t *made, int file, const char *member)
{
    const char *path = ctl_option(ctl, "out");
    bool written = true;
    if (path != NULL) {
        const char *secret = json_string_value(json_object_get(made, member));
        written = secret != NULL && write_out(file, path, secret);
        json_object_del(made, member);
    }
    if (ctl->json) {
        struct text text CLEANUP(text_clear) = {0};
        view_dump(made, JSON_COMPACT, &text);
        ctl_print((struct slice){text.at, text.size});
    } else
        view_record(ctl, made, NULL);
    return written ? EXIT_OK : EXIT_SERVER;
}

static int post(struct ctl *ctl, const char *path, const json_t *body, int file, const char *member)
{
    struct text data CLEANUP(text_clear) = {0};
    view_dump(body, JSON_COMPACT, &data);
    struct http_request request = {
        .method = "POST", .path = path, .body = {data.at, data.size},
                .once = true
    };
    struct http_answer answer;
    int code = ask(ctl, &request, ctl->arena, &answer);
    if (code != EXIT_OK)
        return code;
    json_t *made CLEANUP(view_drop) = view_parse(&answer);
    return made != NULL ? deliver(ctl, made, file, member) : EXIT_SERVER;
}

int secret_post(struct ctl *ctl, const char *path, const json_t *body, const char *member)
{
    const char *out = ctl_option(ctl, "out");
    if (out == NULL)
        return post(ctl, path, body, -1, member);
    int file = open_out(out);
    if (file < 0)
        return EXIT_USAGE;
    int code = post(ctl, path, body, file, member);
    close(file);
    if (code != EXIT_OK)
        unlink(out);
    return code;
}
