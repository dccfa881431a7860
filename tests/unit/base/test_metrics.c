/* Counting, and the text form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/metrics.h"

static void has_line(const struct text *text, const char *line)
{
    const char *found = strstr(text->at, line);
    if (found == NULL || (found != text->at && found[-1] != '\n'))
        fail_msg("no line '%s' in:\n%s", line, text->at);
}

static size_t times(const struct text *text, const char *what)
{
    size_t count = 0;
    for (const char *at = strstr(text->at, what); at != NULL; at = strstr(at + 1, what))
        count++;
    return count;
}

static void values_show(void **state)
{
    (void)state;
    metrics_add(METRIC_REQUESTS_4XX, 2);
    metrics_add(METRIC_REQUESTS_4XX, 1);
    metrics_add(METRIC_POLLS_HELD, 5);
    metrics_add(METRIC_POLLS_HELD, -1);
    metrics_set(METRIC_SWEEP_LAG, 1.5);
    metrics_add(METRIC_TICKETS_RECEIVED, 9007199254740991);
    struct text text = {0};
    metrics_write(&text);
    has_line(&text, "whistled_requests_total{class=\"4xx\"} 3\n");
    has_line(&text, "whistled_requests_total{class=\"2xx\"} 0\n");
    has_line(&text, "whistled_polls_held 4\n");
    has_line(&text, "whistled_sweep_lag_seconds 1.5\n");
    has_line(&text, "whistled_tickets_received_total 9007199254740991\n");
    has_line(&text, "# TYPE whistled_polls_held gauge\n");
    text_clear(&text);
}

static void histogram(void **state)
{
    (void)state;
    metrics_observe(METRIC_REQUEST_SECONDS, (struct span){1000});
    metrics_observe(METRIC_REQUEST_SECONDS, (struct span){40000});
    metrics_observe(METRIC_REQUEST_SECONDS, SECONDS(100));
    struct text text = {0};
    metrics_write(&text);
    has_line(&text, "# TYPE whistled_request_seconds histogram\n");
    has_line(&text, "whistled_request_seconds_bucket{le=\"0.001\"} 1\n");
    has_line(&text, "whistled_request_seconds_bucket{le=\"0.025\"} 1\n");
    has_line(&text, "whistled_request_seconds_bucket{le=\"0.05\"} 2\n");
    has_line(&text, "whistled_request_seconds_bucket{le=\"60\"} 2\n");
    has_line(&text, "whistled_request_seconds_bucket{le=\"+Inf\"} 3\n");
    has_line(&text, "whistled_request_seconds_sum 100.041\n");
    has_line(&text, "whistled_request_seconds_count 3\n");
    text_clear(&text);
}

/* One HELP and one TYPE per exposed name; counters, and only they, end in _total. */
static void families(void **state)
{
    (void)state;
    struct text text = {0};
    metrics_write(&text);
    assert_int_equal(times(&text, "# HELP whistled_requests_total "), 1);
    assert_int_equal(times(&text, "# HELP "), times(&text, "# TYPE "));
    size_t counters = 0;
    for (const char *at = strstr(text.at, "# TYPE "); at != NULL; at = strstr(at + 1, "# TYPE ")) {
        size_t name = strcspn(at + 7, " ");
        const char *kind = at + 7 + name + 1;
        bool total = name > 6 && memcmp(at + 7 + name - 6, "_total", 6) == 0;
        assert_int_equal(total, text_starts(kind, "counter\n"));
        counters += total;
    }
    assert_true(counters > 10);
    assert_int_equal(text.at[text.size - 1], '\n');
    text_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_show),
        cmocka_unit_test(histogram),
        cmocka_unit_test(families),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
