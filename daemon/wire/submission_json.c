/* What an operator sends, and the part of it that is kept as text. */

#include "wire/reader.h"
#include "wire/ticket_fields.h"
#include "wire/ticket_json.h"
#include "wire/utf8.h"
#include "wire/writer.h"

enum { SOURCE_LIMIT = 100, ADDRESS_LIMIT = 500, PERSON_LIMIT = 100, NAME_LIMIT = 200 };
enum { TAGS_LIMIT = 20, QUANTITY_LIMIT = 1000000 };

static const struct field petitioner_fields[] = {
    FIELD("name", TEXT, petitioner, name, .max = PERSON_LIMIT),
    FIELD("phone", PHONE, petitioner, phone),
    FIELD("secret", FLAG, petitioner, secret),
};
static const struct shape petitioner_shape =
    SHAPE("Petitioner", petitioner_fields, petitioner, NULL);

static const struct field accused_fields[] = {
    FIELD("unit", CODE, submission, accused_unit),
    FIELD("name", TEXT, submission, accused_name, .max = NAME_LIMIT),
};
static const struct shape accused_shape = SHAPE("Accused", accused_fields, submission, NULL);

static const struct field need_fields[] = {
    FIELD("kind", WORD, need, kind, .required = true, .words = resource_kind_words),
    FIELD("quantity", INT, need, quantity, .standard = 1, .min = 1, .max = QUANTITY_LIMIT),
};
static const struct shape need_shape = SHAPE("TicketNeed", need_fields, need, NULL);

/* Sent, and kept as text beside the columns. */
#define KEPT_FIELDS                                                                                \
    FIELD("address", TEXT, submission, address, .max = ADDRESS_LIMIT),                             \
        FIELD("lon", REAL, submission, lon, .standard = STANDARD_NAN, .min = -180, .max = 180),    \
        FIELD("lat", REAL, submission, lat, .standard = STANDARD_NAN, .min = -90, .max = 90),      \
        FIELD("occurred_at", INSTANT, submission, occurred_at),                                    \
        FIELD("channel", WORD, submission, channel, .words = channel_words,                        \
              .standard = CHANNEL_PHONE),                                                          \
        FIELD_HERE("accused", OBJECT, .shape = &accused_shape),                                    \
        FIELD("needs", LIST, submission, needs, COUNT_AT(submission, need_count),                  \
              .shape = &need_shape, .max = NEEDS_LIMIT),                                           \
        FIELD("unit", CODE, submission, unit),                                                     \
        FIELD("tags", NAMES, submission, tags, .of = FIELD_TEXT, .max = TAGS_LIMIT),               \
        FIELD("then", WORD, submission, then, .words = then_words, .standard = THEN_DISPATCH),     \
        FIELD("public_answer", TEXT, submission, public_answer, .max = CONTENT_LIMIT)

static const struct field kept_fields[] = {KEPT_FIELDS};
const struct shape kept_shape = SHAPE("TicketKept", kept_fields, submission, NULL);

static const struct field submission_fields[] = {
    FIELD("source", TEXT, submission, source, .max = SOURCE_LIMIT),
    FIELD("external_no", TEXT, submission, external_no, .max = SOURCE_LIMIT),
    FIELD("kind", WORD, submission, kind, .required = true, .words = ticket_kind_words),
    FIELD("urgency", WORD, submission, urgency, .words = urgency_words, .standard = URGENCY_NORMAL),
    FIELD("category", CODE, submission, category, .required = true),
    FIELD("area", AREA, submission, area, .required = true),
    FIELD("title", TEXT, submission, title, .required = true, .max = TITLE_LIMIT),
    FIELD("content", TEXT, submission, content, .required = true, .max = CONTENT_LIMIT),
    FIELD("petitioner", OBJECT, submission, petitioner, .shape = &petitioner_shape),
    KEPT_FIELDS,
};

static bool given(const struct node *object, const char *name)
{
    const struct node *member = node_member(object, name);
    return member != NULL && member->type != NODE_NULL;
}

static void submission_check(struct reader *reader, const struct node *object, void *target)
{
    const struct submission *sent = target;
    bool lon = given(object, "lon"), lat = given(object, "lat");
    if (lon != lat)
        reader_fault_at(reader, lon ? "lat" : "lon", "missing: lon and lat come together");
    bool answered = sent->public_answer != NULL && !utf8_blank(sent->public_answer);
    if (sent->then == THEN_ANSWER && !answered)
        reader_fault_at(reader, "public_answer", "needed when the ticket is answered at once");
    if (sent->external_no != NULL && !given(object, "source"))
        reader_fault_at(reader, "source", "missing: external_no counts within a source");
}

const struct shape submission_shape =
    SHAPE("Submission", submission_fields, submission, submission_check);

bool submission_read(struct slice body, struct arena *arena, struct submission *ret_sent,
                     struct error *err)
{
    struct arena *scratch CLEANUP(arena_drop) = arena_new();
    struct node *root;
    if (!node_parse(body, scratch, &root, err))
        return false;
    struct reader reader = {.arena = arena, .err = err};
    reader_object(&reader, &submission_shape, root, ret_sent);
    return error_none(err);
}

/* The list of a batch; NULL with faults set. */
static const struct node *batch_list(const struct node *root, int limit, struct error *err)
{
    struct reader reader = {.arena = err->arena, .err = err};
    if (root->type != NODE_OBJECT) {
        reader_fault(&reader, "must be an object");
        return NULL;
    }
    const struct node *list = node_member(root, "tickets");
    for (const struct node *member = root->first; member != NULL; member = member->next)
        if (member != list)
            reader_fault_at(&reader, member->key, "unknown");
    if (list == NULL)
        reader_fault_at(&reader, "tickets", "missing");
    else if (list->type != NODE_ARRAY || list->count < 1 || list->count > limit)
        reader_fault_at(&reader, "tickets", "must be a list of 1 to %d", limit);
    return error_none(err) ? list : NULL;
}

bool batch_read(struct slice body, int limit, struct arena *arena, struct batch_item **ret_items,
                int *ret_count, struct error *err)
{
    struct arena *scratch CLEANUP(arena_drop) = arena_new();
    struct node *root;
    if (!node_parse(body, scratch, &root, err))
        return false;
    const struct node *list = batch_list(root, limit, err);
    if (list == NULL)
        return false;
    struct batch_item *items = ARENA_ARRAY(arena, struct batch_item, list->count);
    int count = 0;
    for (const struct node *one = list->first; one != NULL; one = one->next, count++) {
        struct batch_item *item = &items[count];
        item->err = (struct error){.arena = arena};
        struct reader reader = {.arena = arena, .err = &item->err};
        reader_object(&reader, &submission_shape, one, &item->sent);
    }
    *ret_items = items;
    *ret_count = count;
    return true;
}

struct slice submission_write(const struct submission *sent, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    shape_write(&text, NULL, &kept_shape, sent, 0);
    return put_done(&text, arena);
}

/* Reads what was written here; of a damaged text the members that can be read are kept. */
static void restore(struct slice stored, const struct shape *shape, struct arena *arena,
                    void *target)
{
    struct arena *scratch CLEANUP(arena_drop) = arena_new();
    struct error err = {.arena = scratch};
    struct node *root;
    shape_clear(shape, target);
    if (!node_parse(stored, scratch, &root, &err))
        return;
    struct reader reader = {.arena = arena, .err = &err};
    reader_object(&reader, shape, root, target);
}

void submission_restore(struct slice stored, struct arena *arena, struct submission *sent)
{
    restore(stored, &kept_shape, arena, sent);
}

struct slice petitioner_write(const struct petitioner *petitioner, struct arena *arena)
{
    struct text text CLEANUP(text_clear) = {0};
    shape_write(&text, NULL, &petitioner_shape, petitioner, 0);
    return put_done(&text, arena);
}

void petitioner_read(struct slice text, struct arena *arena, struct petitioner *ret_petitioner)
{
    restore(text, &petitioner_shape, arena, ret_petitioner);
}
