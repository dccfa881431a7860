/* Columns in the order of sql/stmt/tally. */
#include "store/tally_store.h"

#define INTS(value)  ARGS_COLUMN(args, int, INT, count, value)
#define BOOLS(value) ARGS_COLUMN(args, bool, BOOL, count, value)
#define TEXTS(value) ARGS_COLUMN(args, text, TEXT, count, value)

void tally_store_advance(struct work *work, const char *reader, const struct tally_place *from,
                         const struct tally_place *to)
{
    struct args *args = work_add(work, STMT_TALLY_ADVANCE);
    work_expect(work, 1);
    args_text(args, reader);
    const struct tally_place *const places[] = {from, to};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        args_int(args, places[i]->position);
        args_int(args, places[i]->ticket);
        args_int(args, places[i]->seq);
    }
}

void tally_store_load(struct work *work, const int64_t *tickets, int count)
{
    struct args *args = work_add(work, STMT_TALLY_LOAD);
    INTS(tickets[i]);
}

struct tally_counts tally_store_counts(struct row *row)
{
    struct tally_counts counts;
    for (int i = 0; i < TALLY_COUNTER_COUNT; i++)
        counts.at[i] = row_int(row);
    return counts;
}

/* Adds a row's columns to its ticket. */
static void read_row(struct row *row, struct tally *tally, struct arena *arena)
{
    struct tally_row made = {.holder = row_text(row)};
    made.last = row_bool(row);
    const char *day = row_text(row);
    tally->counts = date_parse(day, &tally->day);
    tally->area = row_text(row);
    tally->category = row_text(row);
    tally->status = row_word(row, tally_status_words);
    tally->minutes = row_int(row);
    made.counts = tally_store_counts(row);
    tally->rows = arena_grow(arena, tally->rows, (size_t)tally->row_count,
                             (size_t)tally->row_count + 1, sizeof(*tally->rows));
    tally->rows[tally->row_count++] = made;
}

struct tally *tally_store_read(struct work *work, int index, const int64_t *tickets, int count,
                               struct arena *arena)
{
    struct rows rows = work_rows(work, index);
    struct tally *made = ARENA_ARRAY(arena, struct tally, count);
    for (int i = 0, at = 0; i < count; i++) { /* both in order of ticket */
        made[i].ticket = tickets[i];
        for (; at < rows.count; at++) {
            struct row row = rows_at(&rows, at, arena);
            if (row_int(&row) != tickets[i])
                break;
            read_row(&row, &made[i], arena);
        }
    }
    return made;
}

/* A row of one ticket. */
struct part {
    const struct tally *tally;
    const struct tally_row *row;
};

static bool has_holder(const struct tally *tally, const char *holder)
{
    for (int i = 0; i < tally->row_count; i++)
        if (text_equal(tally->rows[i].holder, holder))
            return true;
    return false;
}

/* The rows of `from`; with `but` only those whose holder has no row in it. */
static struct part *parts_of(const struct tally *from, const struct tally *but, int tickets,
                             struct arena *arena, int *ret_count)
{
    int room = 0;
    for (int i = 0; i < tickets; i++)
        room += from[i].row_count;
    struct part *parts = ARENA_ARRAY(arena, struct part, room);
    *ret_count = 0;
    for (int i = 0; i < tickets; i++)
        for (int j = 0; j < from[i].row_count; j++)
            if (but == NULL || !has_holder(&but[i], from[i].rows[j].holder))
                parts[(*ret_count)++] = (struct part){&from[i], &from[i].rows[j]};
    return parts;
}

static void drop(struct work *work, const struct part *parts, int count)
{
    struct args *args = work_add(work, STMT_TALLY_DROP);
    work_expect(work, count);
    INTS(parts[i].tally->ticket);
    TEXTS(parts[i].row->holder);
}

static void keep(struct work *work, const struct part *parts, int count, struct arena *arena)
{
    struct args *args = work_add(work, STMT_TALLY_KEEP);
    work_expect(work, count);
    INTS(parts[i].tally->ticket);
    TEXTS(parts[i].row->holder);
    BOOLS(parts[i].row->last);
    TEXTS(date_format(arena, parts[i].tally->day));
    TEXTS(parts[i].tally->area);
    TEXTS(parts[i].tally->category);
    TEXTS(tally_status_words[parts[i].tally->status]);
    INTS(parts[i].tally->minutes);
    for (int counter = 0; counter < TALLY_COUNTER_COUNT; counter++)
        INTS(parts[i].row->counts.at[counter]);
}

void tally_store_keep(struct work *work, const struct tally *old, const struct tally *fresh,
                      int count, struct arena *arena)
{
    int gone, kept;
    struct part *parts = parts_of(old, fresh, count, arena, &gone);
    if (gone > 0)
        drop(work, parts, gone);
    parts = parts_of(fresh, NULL, count, arena, &kept);
    if (kept > 0)
        keep(work, parts, kept, arena);
}

void tally_store_add(struct work *work, struct tally_sum **sums, int count)
{
    if (count == 0)
        return;
    struct args *args = work_add(work, STMT_TALLY_ADD);
    work_expect(work, count);
    TEXTS(tally_group_words[sums[i]->group]);
    TEXTS(sums[i]->period);
    TEXTS(sums[i]->area);
    TEXTS(sums[i]->code);
    TEXTS(tally_status_words[sums[i]->status]);
    for (int counter = 0; counter < TALLY_COUNTER_COUNT; counter++)
        INTS(sums[i]->counts.at[counter]);
}
