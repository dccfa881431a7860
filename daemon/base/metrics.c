/* Plain numbers: one process, one thread. */
#include "base/metrics.h"

#include <string.h>

enum kind { COUNTER, GAUGE, HISTOGRAM };

static const char *const kind_names[] = {"counter", "gauge", "histogram"};

static const struct {
    enum kind kind;
    const char *exposed, *labels, *help;
} table[METRIC_COUNT] = {
#define X(name, kind, exposed, labels, help) {kind, exposed, labels, help},
    METRICS(X)
#undef X
};

/* Upper limits of the histogram's buckets, in seconds; the last bucket has none. */
static const double limits[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                0.5,   1,      2.5,   5,    10,    30,   60};

static double values[METRIC_COUNT]; /* of a histogram: the sum */
static int64_t buckets[COUNT_OF(limits) + 1];

void metrics_add(enum metric metric, int64_t more)
{
    values[metric] += (double)more;
}

void metrics_set(enum metric metric, double value)
{
    values[metric] = value;
}

void metrics_observe(enum metric metric, struct span span)
{
    double seconds = (double)span.us / 1e6;
    size_t i = 0;
    while (i < COUNT_OF(limits) && seconds > limits[i])
        i++;
    buckets[i]++;
    values[metric] += seconds;
}

static void write_histogram(struct text *text, enum metric metric)
{
    const char *name = table[metric].exposed;
    int64_t count = 0;
    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        count += buckets[i];
        text_format(text, "whistled_%s_bucket{le=\"%g\"} %lld\n", name, limits[i],
                    (long long)count);
    }
    count += buckets[COUNT_OF(limits)];
    text_format(text, "whistled_%s_bucket{le=\"+Inf\"} %lld\n", name, (long long)count);
    text_format(text, "whistled_%s_sum %.15g\n", name, values[metric]);
    text_format(text, "whistled_%s_count %lld\n", name, (long long)count);
}

static void write_value(struct text *text, enum metric metric)
{
    const char *labels = table[metric].labels;
    text_format(text, "whistled_%s%s%s%s %.16g\n", table[metric].exposed, *labels ? "{" : "",
                labels, *labels ? "}" : "", values[metric]);
}

void metrics_write(struct text *text)
{
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
        const char *name = table[metric].exposed;
        if (metric == 0 || !text_equal(table[metric - 1].exposed, name))
            text_format(text, "# HELP whistled_%s %s.\n# TYPE whistled_%s %s\n", name,
                        table[metric].help, name, kind_names[table[metric].kind]);
        if (table[metric].kind == HISTOGRAM)
            write_histogram(text, metric);
        else
            write_value(text, metric);
    }
}
