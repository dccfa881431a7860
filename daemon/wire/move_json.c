/* Bodies of moves. */
#include "wire/move_json.h"

#include <string.h>

#include "domain/registry.h"
#include "wire/move_fields.h"
#include "wire/reader.h"
#include "wire/registry_fields.h"

enum { REASON_LIMIT = 2000, TEXT_LIMIT = 20000, SHORT_LIMIT = 200, ADDRESS_LIMIT = 500 };
enum { UNITS_LIMIT = 20, ATTACHMENTS_LIMIT = 20, FIELD_NAME = 32 };
enum { PERSONS_LIMIT = 10000, SCORE_LIMIT = 100 };

static const char *const no_yes_words[] = {"no", "yes", NULL};
static const char *const satisfied_words[] = {"no", "basic", "yes", "very", NULL};
static const char *const note_words[] = {"note", "instruction", NULL};

/* Attachments are checked here and kept in the body's text alone. */
struct attachment {
    const char *name, *sha256;
};
static const struct field attachment_fields[] = {
    FIELD("name", TEXT, attachment, name, .required = true, .max = SHORT_LIMIT),
    FIELD("sha256", HASH, attachment, sha256, .required = true),
};
static const struct shape attachment_shape =
    SHAPE("Attachment", attachment_fields, attachment, NULL);

static void attachments_clear(void *target)
{
    (void)target;
}

static void attachments_read(struct reader *reader, const struct node *node, void *target)
{
    (void)target;
    if (node->type != NODE_ARRAY || node->count > ATTACHMENTS_LIMIT) {
        reader_fault(reader, "must be a list of at most %d", ATTACHMENTS_LIMIT);
        return;
    }
    int index = 0;
    for (const struct node *one = node->first; one != NULL; one = one->next, index++) {
        struct attachment attachment;
        reader_enter(reader, NULL, index);
        reader_object(reader, &attachment_shape, one, &attachment);
        reader_leave(reader);
    }
}

static void attachments_write(struct text *text, const char *key, const void *value)
{
    (void)text, (void)key, (void)value;
}

static const struct field_own attachments_own = {
    attachments_clear, attachments_read, attachments_write,
    "{\"type\":\"array\",\"maxItems\":20,\"items\":{\"type\":\"object\","
    "\"required\":[\"name\",\"sha256\"],\"additionalProperties\":false,\"properties\":{"
    "\"name\":{\"type\":\"string\",\"maxLength\":200},"
    "\"sha256\":{\"type\":\"string\",\"pattern\":\"^[0-9A-Fa-f]{64}$\"}}}}"};

static const struct field master[] = {
    FIELD("solved", TRI, move_body, solved),
    FIELD("unit", CODE, move_body, unit),
    FIELD("org", CODE, move_body, org),
    FIELD("units", NAMES, move_body, units, .of = FIELD_CODE, .max = UNITS_LIMIT),
    FIELD("proposed_unit", CODE, move_body, proposed_unit),
    FIELD("accept", TRI, move_body, accept),
    FIELD("reason", TEXT, move_body, reason, .max = REASON_LIMIT),
    FIELD("note", TEXT, move_body, note, .max = REASON_LIMIT),
    FIELD("basis", TEXT, move_body, basis, .max = REASON_LIMIT),
    FIELD("result", TEXT, move_body, result, .max = TEXT_LIMIT),
    FIELD("public_answer", TEXT, move_body, public_answer, .max = TEXT_LIMIT),
    FIELD("how", TEXT, move_body, how, .max = SHORT_LIMIT),
    FIELD("who", TEXT, move_body, who, .max = REASON_LIMIT),
    FIELD("how_many", INT, move_body, how_many, .standard = 0, .min = 1, .max = PERSONS_LIMIT),
    FIELD("milestone", TEXT, move_body, milestone, .max = TITLE_LIMIT),
    FIELD("done", TRI, move_body, done),
    FIELD("score", INT, move_body, score, .standard = -1, .min = 0, .max = SCORE_LIMIT),
    FIELD("text", TEXT, move_body, text, .max = TEXT_LIMIT),
    FIELD("kind", CHOICE, move_body, kind, .words = note_words),
    FIELD("content", TEXT, move_body, content, .max = CONTENT_LIMIT),
    FIELD("address", TEXT, move_body, address, .max = ADDRESS_LIMIT),
    FIELD("category", CODE, move_body, category),
    FIELD("area", AREA, move_body, area),
    FIELD("into", CODE, move_body, into),
    FIELD("at", INSTANT, move_body, at),
    FIELD("contacted_at", INSTANT, move_body, contacted_at),
    FIELD("span", OBJECT, move_body, span, .shape = &amount_shape),
    FIELD("review_on", DATE, move_body, review_on),
    FIELD("reroute", TRI, move_body, reroute),
    FIELD("reached", TRI, move_body, reached),
    FIELD("contacted", TRI, move_body, contacted),
    FIELD("satisfied", WORD, move_body, satisfied, .words = satisfied_words, .standard = -1),
    FIELD_HERE("attachments", OWN, .own = &attachments_own),
    FIELD("claim", TEXT, move_body, claim, .max = SHORT_LIMIT),
};

/* After a callback the citizen's answer is a word. */
static const struct field callback_solved =
    FIELD("solved", WORD, move_body, solved, .words = no_yes_words, .standard = -1);

static const struct field *master_find(const char *move, const char *name, size_t size)
{
    const struct field *found = NULL;
    for (size_t i = 0; i < COUNT_OF(master) && found == NULL; i++)
        if (strncmp(master[i].name, name, size) == 0 && master[i].name[size] == '\0')
            found = &master[i];
    bool asked = found != NULL && strcmp(found->name, callback_solved.name) == 0;
    return asked && strcmp(move, "callback") == 0 ? &callback_solved : found;
}

struct shape move_shape(const struct move *move, struct field fields[MOVE_FIELDS])
{
    struct shape shape = {"Move", fields, 0, sizeof(struct move_body), NULL};
    for (const char *at = move->fields; *at != '\0' && shape.count < MOVE_FIELDS - 1;) {
        size_t size = strcspn(at, " !");
        const struct field *field = master_find(move->name, at, size);
        at += size;
        if (field != NULL) {
            fields[shape.count] = *field;
            fields[shape.count++].required = *at == '!';
        }
        at += strspn(at, " !");
    }
    if (move->on == ON_TASK || move->on == ON_TARGET || move->on == ON_SHARE)
        fields[shape.count++] = *master_find(move->name, "claim", strlen("claim"));
    return shape;
}

/* Everything absent, also what this move does not take. */
static void body_clear(struct move_body *body)
{
    for (size_t i = 0; i < COUNT_OF(master); i++) {
        struct shape one = {"", &master[i], 1, sizeof(*body), NULL};
        shape_clear(&one, body);
    }
}

bool move_body_read(const struct move *move, struct slice body, struct arena *arena,
                    struct move_body *ret_body, struct error *err)
{
    struct arena *scratch CLEANUP(arena_drop) = arena_new();
    struct text text CLEANUP(text_clear) = {0};
    struct field fields[MOVE_FIELDS];
    struct shape shape = move_shape(move, fields);
    struct move_body read = {0};
    struct node *root;
    if (!node_parse(body.size == 0 ? (struct slice){"{}", 2} : body, scratch, &root, err))
        return false;
    struct reader reader = {.arena = arena, .err = err};
    body_clear(&read);
    reader_object(&reader, &shape, root, &read);
    if (!error_none(err))
        return false;
    node_write(root, "claim", &text);
    read.data = arena_bytes(arena, text.at, text.size);
    *ret_body = read;
    return true;
}

const char *move_field_schema(const char *move, const char *field)
{
    static const char *const types[FIELD_TYPE_COUNT] = {
        [FIELD_INT] = "integer", [FIELD_REAL] = "number",   [FIELD_FLAG] = "boolean",
        [FIELD_TRI] = "boolean", [FIELD_NAMES] = "array",   [FIELD_LIST] = "array",
        [FIELD_OWN] = "array",   [FIELD_OBJECT] = "object",
    };
    const struct field *found = master_find(move, field, strlen(field));
    if (found == NULL)
        return NULL;
    return types[found->type] == NULL ? "string" : types[found->type];
}
