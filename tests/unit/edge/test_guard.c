/* The guard's verdict on every file of the corpus, cut at every place. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "edge/guard.h"

enum { MOST_CUTS = 1500 };

static const struct guard_limits limits = {8192, 32768, 262144, 33554432, 268435456};

struct sample {
    const char *name;
    char expect[256];
    struct text bytes;
};

static int unhex(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* The byte that an escape stands for; *at is left on the escape's last sign. */
static char unescape(const char **at)
{
    const char *sign = ++*at;
    if (*sign == 'x') {
        *at += 2;
        return (char)(unhex(sign[1]) * 16 + unhex(sign[2]));
    }
    return (char)(*sign == 'r' ? '\r' : *sign == 'n' ? '\n' : *sign == 't' ? '\t' : *sign);
}

static void line_add(struct text *bytes, const char *line)
{
    for (const char *at = line; *at != '\0' && *at != '\n'; at++) {
        char c = *at == '\\' ? unescape(&at) : *at;
        text_add_bytes(bytes, &c, 1);
    }
}

static void sample_read(const char *name, struct sample *ret_sample)
{
    struct text path = {0};
    text_format(&path, "%s/corpus/http/%s", TESTS_DIR, name);
    FILE *file = fopen(path.at, "re");
    assert_non_null(file);
    text_clear(&path);
    char line[1024];
    assert_non_null(fgets(line, sizeof(line), file));
    assert_true(text_starts(line, "expect "));
    *ret_sample = (struct sample){.name = name};
    memcpy(ret_sample->expect, line + 7, strcspn(line + 7, "\n"));
    while (fgets(line, sizeof(line), file) != NULL)
        line_add(&ret_sample->bytes, line);
    fclose(file);
}

static void verdict_write(const struct guard *guard, struct text *verdict)
{
    if (guard->state == GUARD_MORE)
        text_add(verdict, "more");
    else if (guard->state == GUARD_REFUSED)
        text_format(verdict, "%d", guard->status);
    else
        text_format(verdict, "ok %s %s %zu %s", guard_method(guard), guard_target(guard),
                    guard->body_size, guard->keep_alive ? "keep" : "close");
}

/* Feeds what comes first in one piece, or byte by byte, and the rest in one. */
static size_t feed(struct guard *guard, const struct text *bytes, size_t cut, bool single)
{
    size_t used = 0;
    while (guard->state == GUARD_MORE && used < bytes->size) {
        size_t end = single ? used + 1 : used < cut ? cut : bytes->size;
        /* A copy of its own lets the sanitizer see every read beyond the piece. */
        char *piece = mem_zero(end - used);
        memcpy(piece, bytes->at + used, end - used);
        size_t taken = guard_feed(guard, piece, end - used);
        mem_free(piece);
        assert_true(taken == end - used || guard->state != GUARD_MORE);
        used += taken;
    }
    return used;
}

static void check_cut(const struct sample *sample, size_t cut, bool single, size_t whole)
{
    struct guard guard;
    guard_init(&guard, &limits);
    size_t used = feed(&guard, &sample->bytes, cut, single);
    struct text verdict = {0};
    verdict_write(&guard, &verdict);
    if (!text_equal(verdict.at, sample->expect) || (whole > 0 && used != whole))
        fail_msg("%s cut at %zu: got '%s' after %zu bytes (%s), expected '%s' after %zu",
                 sample->name, cut, verdict.at, used, guard.detail != NULL ? guard.detail : "-",
                 sample->expect, whole);
    text_clear(&verdict);
    guard_clear(&guard);
}

static void check_sample(const struct sample *sample)
{
    struct guard guard;
    guard_init(&guard, &limits);
    size_t whole = feed(&guard, &sample->bytes, 0, false);
    guard_clear(&guard);
    check_cut(sample, 0, false, whole);
    check_cut(sample, 0, true, whole);
    size_t step = sample->bytes.size / MOST_CUTS + 1;
    for (size_t cut = 1; cut < sample->bytes.size; cut += step)
        check_cut(sample, cut, false, whole);
}

static void corpus(void **state)
{
    (void)state;
    DIR *folder = opendir(TESTS_DIR "/corpus/http");
    assert_non_null(folder);
    int count = 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        struct sample sample;
        sample_read(entry->d_name, &sample);
        check_sample(&sample);
        text_clear(&sample.bytes);
        count++;
    }
    closedir(folder);
    assert_true(count > 100);
}

static void fields(void **state)
{
    (void)state;
    static const char head[] = "GET / HTTP/1.1\r\nHost: x\r\nPrefer: wait=3 \r\nEmpty:\r\n"
                               "PREFER: respond-async\r\n\r\nGET";
    struct guard guard;
    guard_init(&guard, &limits);
    assert_false(guard_begun(&guard));
    assert_int_equal(guard_feed(&guard, head, sizeof(head) - 1), sizeof(head) - 4);
    assert_int_equal(guard.state, GUARD_DONE);
    assert_true(guard_begun(&guard));
    const char *first = guard_field(&guard, "prefer", NULL);
    assert_string_equal(first, "wait=3");
    assert_string_equal(guard_field(&guard, "prefer", first), "respond-async");
    assert_null(guard_field(&guard, "prefer", guard_field(&guard, "prefer", first)));
    assert_string_equal(guard_field(&guard, "empty", NULL), "");
    assert_null(guard_field(&guard, "empty", guard_field(&guard, "empty", NULL)));
    assert_null(guard_field(&guard, "wait=3", NULL));
    assert_null(guard_field(&guard, "none", NULL));
    guard_clear(&guard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corpus),
        cmocka_unit_test(fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
