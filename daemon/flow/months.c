/* Published months: the sums and handling times of a month are copied for the caller's areas, with
 * the rules of that day. Later moves change the live figures, never these. */
#include "flow/entry.h"
#include "flow/stats.h"
#include "store/tally_store.h"
#include "wire/tally_json.h"

#define PUBLISH(X) X(look) X(publish) X(published) X(tell)
#define SHOW(X)    X(find) X(show)
#define TIMES(X)   X(find_head) X(find_times) X(show_times)
FLOW_STEPS(month_publish_steps, PUBLISH)
FLOW_STEPS(month_show_steps, SHOW)
FLOW_STEPS(month_times_steps, TIMES)

enum { RETRY_S = 1 };

struct job {
    struct stats_ask ask;
    struct figures_about about;
};

static void add_find(struct flow *flow, const struct names *areas)
{
    struct args *args = work_add(flow_work(flow), STMT_MONTH_FIND);
    args_names(args, areas);
    args_text(args, flow->call->parts[0]);
}

static bool read_month(struct flow *flow, struct days *ret_days)
{
    const char *month = flow->call->parts[0];
    return days_of_month(month, ret_days) ||
           error_set(&flow->err, FAULT_NOT_FOUND, "%s is no month such as 2026-03", month);
}

/* ---- publishing ---- */

static enum next look(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    if (!read_month(flow, &job->ask.days))
        return END;
    struct instant over = zone_instant(flow->context->zone, job->ask.days.to, 0);
    if (flow->now.us < over.us)
        return FLOW_FAIL(flow, FAULT_CONFLICT, "the month is not over");
    job->ask.areas = stats_areas(flow, NULL);
    add_find(flow, &job->ask.areas);
    return WAIT;
}

static enum next publish(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows found = work_rows(flow->work, 0);
    for (int i = 0; i < found.count; i++) {
        struct row row = rows_at(&found, i, flow->arena);
        const char *area = row_text(&row);
        if (text_equal(area, row_text(&row)))
            return FLOW_FAIL(flow, FAULT_CONFLICT, "the month was published for %s", area);
    }
    job->about.rules = figure_rules_write(stats_policy(flow, NULL), flow->arena);
    work_begin(flow->work);
    struct args *args = work_add(flow->work, STMT_MONTH_PUBLISH);
    args_text(args, flow->call->parts[0]);
    args_names(args, &job->ask.areas);
    args_instant(args, flow->now);
    args_int(args, flow->actor.key);
    args_bytes(args, job->about.rules);
    args_instant(args, zone_instant(flow->context->zone, job->ask.days.to, 0));
    args_text(args, date_format(flow->arena, job->ask.days.from));
    args_text(args, date_format(flow->arena, job->ask.days.to));
    return WAIT;
}

static enum next published(struct flow *flow)
{
    struct job *job = flow->job;
    struct figures_about *about = &job->about;
    struct rows rows = work_rows(flow->work, 0);
    if (rows.count != job->ask.areas.count) {
        flow->err.retry_after = RETRY_S;
        return FLOW_FAIL(flow, FAULT_UNAVAILABLE, "the month's last events are being summed up");
    }
    struct row row = rows_at(&rows, 0, flow->arena);
    row_text(&row);
    about->published_at = row_instant(&row);
    about->ticket = row_int(&row);
    about->seq = row_int(&row);
    about->days = job->ask.days;
    about->month = flow->call->parts[0];
    about->offset_s = context_offset(flow->context, flow->now);
    flow->answer.location = arena_format(flow->arena, "/v1/stats/months/%s", about->month);
    flow_body(flow, flow->route->status, month_write(about, &job->ask.areas, flow->arena));
    entry_keep(flow);
    work_commit(flow->work);
    return WAIT;
}

static enum next tell(struct flow *flow)
{
    (void)flow;
    return END;
}

/* ---- showing ---- */

static enum next find(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    if (!stats_ask_read(flow, &job->ask) || !read_month(flow, &job->ask.days))
        return END;
    add_find(flow, &job->ask.areas);
    struct args *args = work_add(flow->work, STMT_MONTH_SUM);
    args_names(args, &job->ask.areas);
    args_text(args, flow->call->parts[0]);
    args_text(args, tally_group_words[job->ask.group]);
    return WAIT;
}

/* What is published of the areas that are asked for: all of them, and all at once. */
static bool read_head(struct flow *flow, struct job *job)
{
    struct figures_about *about = &job->about;
    struct rows found = work_rows(flow->work, 0);
    for (int i = 0; i < found.count; i++) {
        struct row row = rows_at(&found, i, flow->arena);
        row_text(&row); /* the area */
        row_text(&row); /* the one that it was published with */
        struct figures_about one = {.published_at = row_instant(&row)};
        one.ticket = row_int(&row);
        one.seq = row_int(&row);
        one.rules = row_bytes(&row);
        bool apart = one.published_at.us != about->published_at.us || one.ticket != about->ticket ||
                     one.seq != about->seq;
        if (i > 0 && apart)
            return error_set(&flow->err, FAULT_CONFLICT,
                             "these areas were published apart: name one with area=");
        *about = one;
    }
    if (found.count < job->ask.areas.count || found.count == 0)
        return error_set(&flow->err, FAULT_NOT_FOUND, "the month is not published for all of it");
    return true;
}

/* The rest of what the answer says of itself. */
static struct stats_page tell_page(struct flow *flow, struct job *job, int count)
{
    struct stats_page page = stats_page(flow, &job->ask, count);
    job->about.group = job->ask.group;
    job->about.days = job->ask.days;
    job->about.month = flow->call->parts[0];
    job->about.next = page.next;
    job->about.offset_s = context_offset(flow->context, flow->now);
    return page;
}

static enum next show(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 1);
    struct rated total;
    int count;
    if (!read_head(flow, job))
        return END;
    struct rules rules = figure_rules_read(job->about.rules, flow->arena);
    struct rated *groups = stats_rate(flow, &rows, 0, &job->ask, &rules, &count, &total);
    struct stats_page page = tell_page(flow, job, count);
    return flow_body(flow, 200,
                     rates_write(&job->about, groups + page.from, page.count, &total, flow->arena));
}

/* ---- handling times ---- */

/* Which tickets are in the times stands in the rules of the publication, so that is read first. */
static enum next find_head(struct flow *flow)
{
    struct job *job = FLOW_JOB(flow, struct job);
    if (!stats_ask_read(flow, &job->ask) || !read_month(flow, &job->ask.days))
        return END;
    work_begin_reading(flow_work(flow));
    add_find(flow, &job->ask.areas);
    return WAIT;
}

static enum next find_times(struct flow *flow)
{
    struct job *job = flow->job;
    if (!read_head(flow, job))
        return END;
    struct rules rules = figure_rules_read(job->about.rules, flow->arena);
    struct names statuses = stats_statuses(&rules, flow->arena);
    struct args *args = work_add(flow->work, STMT_MONTH_TIMES);
    args_names(args, &job->ask.areas);
    args_text(args, flow->call->parts[0]);
    args_text(args, tally_group_words[job->ask.group]);
    args_names(args, &statuses);
    return WAIT;
}

static enum next show_times(struct flow *flow)
{
    struct job *job = flow->job;
    struct rows rows = work_rows(flow->work, 0);
    struct times total;
    int count;
    struct times *items = stats_times(flow, &rows, 0, job->ask.group, &count, &total);
    struct stats_page page = tell_page(flow, job, count);
    return flow_body(flow, 200,
                     times_write(&job->about, items + page.from, page.count, &total, flow->arena));
}
