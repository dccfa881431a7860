/* Policies: which spans, reminders and rules apply to which tickets (spec 5, 12). Every number that
 * a rule uses stands here. */
#pragma once

#include "domain/calendar.h"

/* Clocks of a task. X(NAME, "word") */
#define STAGES(X)     X(SIGN, "sign") X(CONTACT, "contact") X(RESOLVE, "resolve")
#define X(name, word) STAGE_##name,
enum stage { STAGES(X) STAGE_COUNT };
#undef X
extern const char *const stage_words[];

/* What an escalation step does. */
#define ESCALATIONS(X)                                                                             \
    X(URGE, "urge") X(SUPERVISE, "supervise") X(LEVEL_UP, "level_up") X(WHISTLE, "whistle")
#define X(name, word) ESCALATE_##name,
enum escalation_kind { ESCALATIONS(X) ESCALATION_COUNT };
#undef X
extern const char *const escalation_words[];

enum { POLICY_REMINDERS = 8, POLICY_ESCALATIONS = 8 };

/* Either `share` of the way from start to due (0 < share < 1), or an amount before due. */
struct reminder {
    int stage;
    double share; /* 0 = `before` is used */
    struct amount before;
};

/* `after` the due instant; amount 0 = at once. */
struct escalation {
    struct amount after;
    int kind; /* enum escalation_kind */
};

/* The numbers of the rules. X(path in JSON, field, default, min, max): read, written, documented
 * and described from this one list; what a policy leaves out has the default. */
#define RULES(X)                                                                                   \
    X("weights.category", weight_category, 0.30, 0, 100)                                           \
    X("weights.area", weight_area, 0.20, 0, 100)                                                   \
    X("weights.duty", weight_duty, 0.10, 0, 100)                                                   \
    X("weights.agreement", weight_agreement, 0.05, 0, 100)                                         \
    X("weights.load", weight_load, 0.05, 0, 100)                                                   \
    X("weights.record", weight_record, 0.05, 0, 100)                                               \
    X("weights.rating", weight_rating, 0.05, 0, 100)                                               \
    X("weights.history", weight_history, 0.20, 0, 100)                                             \
    X("area_terms.community", area_community, 1.00, 0, 1)                                          \
    X("area_terms.street", area_street, 0.75, 0, 1)                                                \
    X("area_terms.district", area_district, 0.50, 0, 1)                                            \
    X("area_terms.city", area_city, 0.25, 0, 1)                                                    \
    X("area_terms.province", area_province, 0.10, 0, 1)                                            \
    X("record_prior.share", record_prior_share, 0.80, 0, 1)                                        \
    X("record_prior.weight", record_prior_weight, 10, 0, 1000000)                                  \
    X("rating_prior.share", rating_prior_share, 0.80, 0, 1)                                        \
    X("rating_prior.weight", rating_prior_weight, 10, 0, 1000000)                                  \
    X("review_threshold", review_threshold, 0, 0, 1000)                                            \
    X("returns.per_unit", returns_per_unit, 1, 0, 100)                                             \
    X("returns.per_ticket", returns_per_ticket, 2, 0, 100)                                         \
    X("rehandle.level_up_at", rehandle_level_up_at, 3, 1, 100)                                     \
    X("transfer.level_up_at", transfer_level_up_at, 3, 1, 100)                                     \
    X("hang.review_days", hang_review_days, 30, 1, 3660)                                           \
    X("callback.attempts", callback_attempts, 3, 1, 100)                                           \
    X("close.after_callback", close_after_callback, 1, 0, 1)                                       \
    X("whistle.at_rehandling", whistle_at_rehandling, 0, 0, 100)                                   \
    X("whistle.outcome_weight", whistle_outcome, 0.5, 0, 100)                                      \
    X("whistle.timely_weight", whistle_timely, 0.3, 0, 100)                                        \
    X("whistle.rating_weight", whistle_rating, 0.2, 0, 100)                                        \
    X("whistle.lead_weight", whistle_lead, 2, 0, 100)                                              \
    X("whistle.assist_weight", whistle_assist, 1, 0, 100)                                          \
    X("whistle.street_share", whistle_street_share, 1, 0, 1)                                       \
    X("whistle.departments_share", whistle_departments_share, 1, 0, 1)                             \
    X("retention.days", retention_days, 0, 0, 36600)                                               \
    X("satisfaction.very", satisfaction_very, 1, 0, 1)                                             \
    X("satisfaction.yes", satisfaction_yes, 1, 0, 1)                                               \
    X("satisfaction.basic", satisfaction_basic, 0.8, 0, 1)                                         \
    X("satisfaction.no", satisfaction_no, 0, 0, 1)                                                 \
    X("rates.count_hung", rates_count_hung, 0, 0, 1)                                               \
    X("rates.count_excluded", rates_count_excluded, 0, 0, 1)                                       \
    X("rates.reply_is_contact", rates_reply_is_contact, 1, 0, 1)                                   \
    X("score.response", score_response, 0.30, 0, 100)                                              \
    X("score.resolution", score_resolution, 0.35, 0, 100)                                          \
    X("score.satisfaction", score_satisfaction, 0.35, 0, 100)                                      \
    X("hints.days", hints_days, 30, 0, 366)                                                        \
    X("hints.likeness", hints_likeness, 0.30, 0, 1)                                                \
    X("hints.metres", hints_metres, 500, 0, 100000)                                                \
    X("hints.at_most", hints_at_most, 5, 0, 50)                                                    \
    X("hints.looked_at", hints_looked_at, 10, 0, 200)                                              \
    X("offers.paired_hours", offers_paired_hours, 72, 0, 8784)                                     \
    X("offers.joint_limit", offers_joint_limit, 5, 1, 1000)

struct rules {
#define X(path, field, standard, min, max) double field;
    RULES(X)
#undef X
};

struct rule_field {
    const char *path; /* "weights.category" is {"weights":{"category":0.2}} */
    size_t offset;    /* of the double in struct rules */
    double standard, min, max;
};
extern const struct rule_field rule_fields[];
extern const int rule_field_count;

/* A list that is absent means all; one that is empty, none. */
struct selector {
    bool given;
    struct names names;
};

struct policy {
    const char *code;
    const char *name;
    struct selector areas, kinds, urgencies, categories, levels;
    const char *calendar;
    struct amount sign, contact, resolve, rehandle;
    int reminder_count;
    struct reminder reminders[POLICY_REMINDERS];
    int64_t extension_times;
    struct amount extension_span; /* the longest that may be granted */
    struct amount return_window;
    struct selector return_reasons, hang_reasons, exclude_reasons; /* catalogues; absent: any */
    int escalation_count;
    struct escalation escalations[POLICY_ESCALATIONS];
    struct rules rules;
    int status;
    int64_t version;
};

/* What a policy is chosen by. `level` may be -1: not known yet, then only policies for all levels
 * match. */
struct policy_key {
    const char *area;
    const char *category;
    int kind;    /* enum ticket_kind, or place in the origin's kinds */
    int urgency; /* enum urgency */
    int level;   /* enum level or -1 */
    int origin;  /* enum origin; of others than tickets only policies that name the kind match */
};

/* The built-in numbers. */
extern const struct rules rules_standard;
