/* Reads what a command sends. Tickets are sent as they were written, byte for byte, so that the
 * server's own strict reading judges them; here they are only told apart. */
#include "ctl/input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "ctl/view.h"

static void file_drop(FILE **file)
{
    if (*file != NULL && *file != stdin)
        fclose(*file);
}

bool input_read(const char *path, struct text *ret_text)
{
    FILE *file CLEANUP(file_drop) = text_equal(path, "-") ? stdin : fopen(path, "rbe");
    if (file == NULL) {
        ctl_say("%s: %s", path, strerror(errno));
        return false;
    }
    struct text text = {0};
    text_add(&text, "");
    char part[65536];
    size_t got;
    while ((got = fread(part, 1, sizeof(part), file)) > 0 && text.size <= INPUT_MAX)
        text_add_bytes(&text, part, got);
    if (ferror(file) || text.size > INPUT_MAX) {
        ctl_say("%s: %s", path, ferror(file) ? strerror(errno) : "larger than 256 MB");
        text_clear(&text);
        return false;
    }
    *ret_text = text;
    return true;
}

#define BLANKS " \t\r\n"

/* Walks over the text between values. */
struct scanner {
    const char *at, *end;
    int line;
};

static void skip(struct scanner *scanner, const char *signs)
{
    while (scanner->at < scanner->end && *scanner->at != '\0' &&
           strchr(signs, *scanner->at) != NULL) {
        scanner->line += *scanner->at == '\n';
        scanner->at++;
    }
}

/* Steps over a string; `at` is behind its opening quote. */
static void skip_string(struct scanner *scanner)
{
    while (scanner->at < scanner->end && *scanner->at != '"') {
        scanner->at += *scanner->at == '\\' && scanner->at + 1 < scanner->end ? 2 : 1;
    }
    scanner->at += scanner->at < scanner->end;
}

/* Steps over one object by its brackets; what is between them is judged later. */
static void skip_object(struct scanner *scanner)
{
    int depth = 0;
    while (scanner->at < scanner->end) {
        char sign = *scanner->at++;
        scanner->line += sign == '\n';
        if (sign == '"')
            skip_string(scanner);
        depth += (sign == '{' || sign == '[') - (sign == '}' || sign == ']');
        if (depth <= 0)
            return;
    }
}

static bool check(const struct input_piece *piece, const char *path, int number)
{
    json_error_t where;
    json_t *json CLEANUP(view_drop) =
        json_loadb(piece->bytes.at, piece->bytes.size, JSON_REJECT_DUPLICATES, &where);
    if (!json_is_object(json)) {
        ctl_say("%s: object %d, line %d: %s", path, number, piece->line + where.line - 1,
                json == NULL ? where.text : "not a JSON object");
        return false;
    }
    return true;
}

/* The list under construction. */
struct pieces {
    struct arena *arena;
    struct input_piece *at;
    size_t count, room;
};

static void piece_add(struct pieces *pieces, struct input_piece piece)
{
    if (pieces->count == pieces->room) {
        size_t room = pieces->room * 2 + 16;
        pieces->at =
            arena_grow(pieces->arena, pieces->at, pieces->count, room, sizeof(*pieces->at));
        pieces->room = room;
    }
    pieces->at[pieces->count++] = piece;
}

/* Collects objects until `close` (an array's end; '\0': none) or the end of the text. */
static bool collect(struct scanner *scanner, char close, const char *path, struct pieces *pieces)
{
    const char *between = close != '\0' ? BLANKS "," : BLANKS;
    for (;;) {
        skip(scanner, between);
        if (scanner->at == scanner->end || (close != '\0' && *scanner->at == close))
            return true;
        struct input_piece piece = {
            {scanner->at, 0},
            scanner->line
        };
        skip_object(scanner);
        piece.bytes.size = (size_t)(scanner->at - piece.bytes.at);
        if (!check(&piece, path, (int)pieces->count + 1))
            return false;
        piece_add(pieces, piece);
    }
}

bool input_pieces(struct slice text, const char *path, struct arena *arena,
                  struct input_piece **ret_pieces, int *ret_count)
{
    struct scanner scanner = {text.at, text.at + text.size, 1};
    struct pieces pieces = {.arena = arena};
    if (text.size >= 3 && memcmp(text.at, "\xEF\xBB\xBF", 3) == 0)
        scanner.at += 3;
    skip(&scanner, BLANKS);
    bool array = scanner.at < scanner.end && *scanner.at == '[';
    scanner.at += array;
    if (!collect(&scanner, array ? ']' : '\0', path, &pieces))
        return false;
    const char *trouble = NULL;
    if (array && scanner.at == scanner.end)
        trouble = "the array has no end";
    scanner.at += array && trouble == NULL;
    skip(&scanner, BLANKS);
    if (trouble == NULL && scanner.at < scanner.end)
        trouble = "more text behind the end of the array";
    else if (trouble == NULL && pieces.count == 0)
        trouble = "there is no JSON object in it";
    if (trouble != NULL) {
        ctl_say("%s: %s", path, trouble);
        return false;
    }
    *ret_pieces = pieces.at;
    *ret_count = (int)pieces.count;
    return true;
}

json_t *input_amount(const char *text)
{
    const char *colon = strchr(text, ':');
    if (colon == NULL || colon[1] == '\0')
        return NULL;
    struct text number CLEANUP(text_clear) = {0};
    text_add_bytes(&number, text, (size_t)(colon - text));
    int64_t amount;
    if (!text_to_int(number.at, 0, INT64_MAX, &amount))
        return NULL;
    return json_pack("{s:I, s:s}", "amount", (json_int_t)amount, "unit", colon + 1);
}
