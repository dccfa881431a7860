/* Dossiers into the database and back, and the chain of their events worked out again from what is
 * stored. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "domain/code_hash.h"
#include "store/dossier_store.h"
#include "support/database.h"

static struct arena *arena;
static const struct instant noon = {1763870400123456};
static const int64_t id = 77123456789;
static const char *const no = "140213202511230000017";
static struct vault vault = {
    .name = "k1", .identity = {1}, .phone = {2}, .chain = {3}, .receipt = {4}};

static int begin_all(void **state)
{
    (void)state;
    database_make();
    arena = arena_new();
    return 0;
}

static int end_all(void **state)
{
    (void)state;
    arena_free(arena);
    database_drop();
    return 0;
}

static struct instant later(int minutes)
{
    return instant_add(noon, SECONDS(60LL * minutes));
}

static struct task some_task(int number)
{
    static const char *seen[] = {"a", "b"};
    static struct amount granted = {10, SPAN_WORKING_DAY};
    struct task task = {
        .number = number,
        .role = ROLE_LEAD,
        .round = 2,
        .state = TASK_IS_RETURN_REQUESTED,
        .prior = TASK_IS_SIGNED,
        .unit = "school",
        .org = "po",
        .seen_by = {number == 1 ? 2 : 0, seen        },
        .level = LEVEL_STREET,
        .dispatched_at = noon,
        .arrived_at = later(1),
        .due = {later(2),            INSTANT_NONE, later(3)},
        .met = {later(4),                   INSTANT_NONE,                        INSTANT_NONE},
        .overdue = 5,
        .provisional = true,
        .policy = "p",
        .calendar = "cn",
        .policy_version = 3,
        .calendar_version = 4,
        .fired = (uint64_t)1 << 59 | 1,
        .next_at = later(5),
        .designated = true,
        .asked = {3,       SPAN_WORKING_DAY},
        .granted = {1,&granted             },
        .rating = 90,
        .rating_back = -1,
        .claim_no = 0,
        .claim = "t0",
        .claim_key = 8,
        .lease_until = later(6),
        .public_answer = "已修复",
        .proposed_unit = "heat",
        .asked_key = 9,
        .asked_org = "al",
        .version = 6,
        .fresh = true,
    };
    return task;
}

static struct event some_event(int64_t seq)
{
    static const char *seen[] = {"a"};
    return (struct event){
        .seq = seq,
        .task = (int)seq - 1,
        .move = "dispatch",
        .at = later((int)seq),
        .by = {5,     seq == 1 ? -1 : CALLER_UNIT, "school", NULL},
        .from = NULL,
        .to = "dispatched",
        .data = seq == 2 ? NULL : "{\"x\":\"值\"}",
        .unit = "school",
        .org = "po",
        .seen_by = {1, seen                           },
        .copy_org = seq == 1 ? NULL : "district"
    };
}

static struct dossier *some_dossier(void)
{
    static const char *barred[] = {"bad", "po-bad"};
    struct submission sent = {
        .source = "12345",
        .external_no = "e1",
        .kind = TICKET_COMPLAINT,
        .urgency = URGENCY_URGENT,
        .channel = -1,
        .then = -1,
        .category = "01.02",
        .area = "140213050001",
        .title = "暖气\"不热\"",
        .content = "x\ny\t\\",
        .petitioner = {.name = "王", .phone = "139 0000 1111"}
    };
    struct dossier *dossier = dossier_new(arena, &sent, id, no);
    dossier->ticket.version = 2;
    dossier->ticket.state = TICKET_IS_DISPATCHED;
    dossier->ticket.barred = (struct names){2, barred};
    dossier->ticket.received_at = noon;
    dossier->ticket.dispatched_at = later(1);
    dossier->ticket.ended_at = INSTANT_NONE;
    dossier->ticket.route = "{\"basis\":\"manual\"}";
    dossier->ticket.transfers = 3;
    dossier->ticket.designated = true;
    dossier->ticket.has_phone = true;
    dossier->task_count = 2;
    dossier->tasks = ARENA_ARRAY(arena, struct task, 2);
    dossier->tasks[0] = some_task(1);
    dossier->tasks[1] = some_task(2);
    dossier->event_count = 2;
    dossier->events = ARENA_ARRAY(arena, struct event, 2);
    dossier->events[0] = some_event(1);
    dossier->events[1] = some_event(2);
    dossier->details = (struct slice){"{\"tags\":[]}", 11};
    dossier->petitioner = (struct slice){"{\"name\":\"王\"}", strlen("{\"name\":\"王\"}")};
    dossier->ticket.sent.lon = 113.25;
    dossier->ticket.sent.lat = NAN;
    static struct sketch sketch;
    dossier->sketch = &sketch;
    dossier->fresh = true;
    return dossier;
}

static bool save(struct dossier *dossier)
{
    struct work *work = database_work(arena);
    work_begin(work);
    dossier_store_save(work, &dossier, 1, &vault, arena);
    assert_int_equal(database_run(work), WORK_DONE);
    bool obeyed = work_obeyed(work);
    if (obeyed) {
        work_commit(work);
        assert_int_equal(database_run(work), WORK_DONE);
    }
    work_end(work);
    return obeyed;
}

static struct dossier *load(void)
{
    struct work *work = database_work(arena);
    const char *numbers[] = {no};
    dossier_store_load(work, &id, 1,
                       &(struct names){1, numbers}); /* both ways at once still is one */
    assert_int_equal(database_run(work), WORK_DONE);
    int count = 0;
    struct dossier **dossiers = dossier_store_read(work, 0, arena, &count);
    assert_int_equal(count, 1);
    struct dossier *dossier = dossiers[0];
    work_end(work);
    return dossier;
}

static void same_text(const char *a, const char *b)
{
    if (!text_equal(a, b))
        fail_msg("'%s' is not '%s'", a == NULL ? "NULL" : a, b == NULL ? "NULL" : b);
}

static void same_names(const struct names *a, const struct names *b)
{
    assert_int_equal(a->count, b->count);
    for (int i = 0; i < a->count; i++)
        same_text(a->at[i], b->at[i]);
}

static void same_task(const struct task *a, const struct task *b)
{
    const char *of_a[] = {a->unit,  a->org,           a->policy,        a->calendar, a->resource,
                          a->claim, a->public_answer, a->proposed_unit, a->asked_org};
    const char *of_b[] = {b->unit,  b->org,           b->policy,        b->calendar, b->resource,
                          b->claim, b->public_answer, b->proposed_unit, b->asked_org};
    for (size_t i = 0; i < COUNT_OF(of_a); i++)
        same_text(of_a[i], of_b[i]);
    same_names(&a->seen_by, &b->seen_by);
    assert_memory_equal(a->due, b->due, sizeof(a->due));
    assert_memory_equal(a->met, b->met, sizeof(a->met));
    const int64_t numbers_of_a[] = {a->number,
                                    a->role,
                                    a->round,
                                    a->state,
                                    a->prior,
                                    a->level,
                                    a->overdue,
                                    a->provisional,
                                    a->rating,
                                    a->rating_back,
                                    a->designated,
                                    a->policy_version,
                                    a->calendar_version,
                                    a->claim_no,
                                    a->claim_key,
                                    a->lease_until.us,
                                    a->asked_key,
                                    a->version,
                                    a->next_at.us,
                                    a->dispatched_at.us,
                                    a->arrived_at.us};
    const int64_t numbers_of_b[] = {b->number,
                                    b->role,
                                    b->round,
                                    b->state,
                                    b->prior,
                                    b->level,
                                    b->overdue,
                                    b->provisional,
                                    b->rating,
                                    b->rating_back,
                                    b->designated,
                                    b->policy_version,
                                    b->calendar_version,
                                    b->claim_no,
                                    b->claim_key,
                                    b->lease_until.us,
                                    b->asked_key,
                                    b->version,
                                    b->next_at.us,
                                    b->dispatched_at.us,
                                    b->arrived_at.us};
    assert_memory_equal(numbers_of_a, numbers_of_b, sizeof(numbers_of_a));
    assert_true(a->fired == b->fired);
    assert_memory_equal(&a->asked, &b->asked, sizeof(a->asked));
    assert_int_equal(a->granted.count, b->granted.count);
    assert_memory_equal(a->granted.at, b->granted.at, sizeof(*a->granted.at));
}

static void same_ticket(const struct ticket *a, const struct ticket *b)
{
    const struct submission *x = &a->sent, *y = &b->sent;
    const char *of_a[] = {a->no,     x->category,    x->area,  x->title,       x->content,
                          x->source, x->external_no, a->route, a->hung_reason, a->final_state};
    const char *of_b[] = {b->no,     y->category,    y->area,  y->title,       y->content,
                          y->source, y->external_no, b->route, b->hung_reason, b->final_state};
    for (size_t i = 0; i < COUNT_OF(of_a); i++)
        same_text(of_a[i], of_b[i]);
    same_names(&a->barred, &b->barred);
    const int64_t numbers_of_a[] = {a->id,
                                    a->version,
                                    a->state,
                                    x->kind,
                                    x->urgency,
                                    a->transfers,
                                    a->designated,
                                    a->copied,
                                    a->has_phone,
                                    a->received_at.us,
                                    a->dispatched_at.us,
                                    a->ended_at.us,
                                    x->petitioner.secret};
    const int64_t numbers_of_b[] = {b->id,
                                    b->version,
                                    b->state,
                                    y->kind,
                                    y->urgency,
                                    b->transfers,
                                    b->designated,
                                    b->copied,
                                    b->has_phone,
                                    b->received_at.us,
                                    b->dispatched_at.us,
                                    b->ended_at.us,
                                    y->petitioner.secret};
    assert_memory_equal(numbers_of_a, numbers_of_b, sizeof(numbers_of_a));
    assert_memory_equal(&a->link, &b->link, sizeof(a->link));
}

static void there_and_back(void **state)
{
    (void)state;
    struct dossier *dossier = some_dossier();
    assert_true(save(dossier));
    struct dossier *read = load();
    same_ticket(&read->ticket, &dossier->ticket);
    assert_int_equal(read->loaded, 2);
    assert_int_equal(read->details.size, dossier->details.size);
    assert_memory_equal(read->details.at, dossier->details.at, read->details.size);
    assert_int_equal(read->task_count, 2);
    for (int i = 0; i < 2; i++)
        same_task(&read->tasks[i], &dossier->tasks[i]);
    assert_false(read->tasks[0].dirty || read->tasks[0].fresh || read->fresh);
}

/* What the ticket is like stays beside it until it turns out to be none. */
static void the_sketch_goes_with_an_invalid_ticket(void **state)
{
    (void)state;
    static const char *const kept =
        "SELECT concat_ws(' ', spot, area, encode(packed, 'hex')) FROM likeness";
    struct dossier *sent = some_dossier();
    struct like like = {
        id, no, {"140213050001", 113.25, NAN},
          *sent->sketch
    };
    unsigned char packed[LIKE_BYTES];
    like_pack(&like, packed);
    assert_string_equal(database_ask(arena, kept),
                        arena_format(arena, "%lld 140213050001 %s",
                                     (long long)code_hash("01.02 140213050"),
                                     crypt_hex(arena, packed, sizeof(packed))));
    struct dossier *dossier = load();
    dossier->details = (struct slice){"{}", 2};
    dossier->ticket.version++;
    assert_true(save(dossier));
    assert_string_not_equal(database_ask(arena, kept), "");
    dossier = load();
    dossier->details = (struct slice){"{}", 2};
    dossier->ticket.version++;
    dossier->ticket.state = TICKET_IS_INVALID;
    assert_true(save(dossier));
    assert_string_equal(database_ask(arena, kept), "");
}

static void the_petitioner_is_sealed(void **state)
{
    (void)state;
    struct work *work = database_work(arena);
    args_int(work_add(work, STMT_IDENTITY_LOAD), id);
    assert_int_equal(database_run(work), WORK_DONE);
    struct rows rows = work_rows(work, 0);
    struct row row = rows_at(&rows, 0, arena);
    assert_string_equal(row_text(&row), "k1");
    struct slice sealed = row_bytes(&row), plain;
    assert_null(memmem(sealed.at, sealed.size, "王", strlen("王")));
    assert_true(vault_open(&vault, id, sealed, arena, &plain));
    assert_string_equal(arena_bytes(arena, plain.at, plain.size), "{\"name\":\"王\"}");
    assert_false(vault_open(&vault, id + 1, sealed, arena, &plain));
    struct crypt_hash phone = vault_phone(&vault, "13900001111", arena);
    const char *hash = database_ask(arena, "SELECT encode(phone_hash, 'hex') FROM identity");
    assert_string_equal(hash, crypt_hex(arena, phone.at, sizeof(phone.at)));
    work_end(work);
}

static const char *column(const char *column, int64_t seq)
{
    return database_ask(arena, arena_format(arena, "SELECT %s FROM event WHERE seq = %lld", column,
                                            (long long)seq));
}

/* From the stored columns alone, as somebody who has the key and a copy of the table would. */
static void the_chain_holds(void **state)
{
    (void)state;
    struct crypt_hash last = {{0}}, digest, stored;
    for (int64_t seq = 1; seq <= 2; seq++) {
        struct event event = some_event(seq);
        unsigned char salt[16];
        assert_true(crypt_unhex(column("encode(salt, 'hex')", seq), salt, sizeof(salt)));
        struct text salted CLEANUP(text_clear) = {0};
        text_add_bytes(&salted, (const char *)salt, sizeof(salt));
        text_add(&salted, column("data", seq));
        digest = crypt_sha256((struct slice){salted.at, salted.size});
        assert_string_equal(column("encode(digest, 'hex')", seq),
                            crypt_hex(arena, digest.at, sizeof(digest.at)));
        const struct crypt_hash before = last;
        last = vault_link(&vault, &before, id, &event, &digest, arena);
        assert_true(crypt_unhex(column("encode(link, 'hex')", seq), stored.at, sizeof(stored.at)));
        struct crypt_hash mark = vault_mark(&vault, &last);
        assert_memory_equal(&mark, &stored, sizeof(mark));
        event.by.key++; /* any change breaks it */
        struct crypt_hash other = vault_link(&vault, &before, id, &event, &digest, arena);
        assert_memory_not_equal(&other, &last, sizeof(other));
    }
    assert_memory_equal(&load()->ticket.link, &last, sizeof(last));
}

static void a_version_that_has_moved_on_is_refused(void **state)
{
    (void)state;
    struct dossier *one = load(), *other = load();
    struct dossier *both[] = {one, other};
    for (int i = 0; i < 2; i++) {
        both[i]->ticket.version = 3;
        both[i]->ticket.state = TICKET_IS_TRIAGE;
        both[i]->tasks[0].version++;
        both[i]->tasks[0].dirty = true;
    }
    assert_true(save(one));
    assert_false(save(other));
    same_ticket(&load()->ticket, &one->ticket);
}

static void a_claim_that_came_meanwhile_is_kept(void **state)
{
    (void)state;
    struct dossier *dossier = load();
    database_ask(arena, "WITH changed AS (UPDATE task SET claim = 'other', claim_no = claim_no + 1 "
                        "WHERE task = 1 RETURNING 1) SELECT count(*) FROM changed");
    dossier->ticket.version = 4;
    dossier->tasks[0].dirty = true;
    assert_false(save(dossier));
    assert_string_equal(load()->tasks[0].claim, "other");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(the_petitioner_is_sealed),
        cmocka_unit_test(the_chain_holds),
        cmocka_unit_test(a_version_that_has_moved_on_is_refused),
        cmocka_unit_test(a_claim_that_came_meanwhile_is_kept),
        cmocka_unit_test(the_sketch_goes_with_an_invalid_ticket),
    };
    return cmocka_run_group_tests(tests, begin_all, end_all);
}
