/* The registry's values: what a district has registered. Plain data; the same struct is read from
 * JSON, CSV and rows. Times of validity are inclusive dates in the calendar's zone. Absent texts
 * are NULL, absent numbers -1, absent dates DATE_NONE. */
#pragma once

#include "base/instant.h"
#include "base/text.h"

/* X(NAME, plural in paths and imports) */
#define REGISTRY_KINDS(X)                                                                          \
    X(AREA, "areas")                                                                               \
    X(ORG, "orgs")                                                                                 \
    X(UNIT, "units")                                                                               \
    X(RESOURCE, "resources")                                                                       \
    X(AGREEMENT, "agreements")                                                                     \
    X(CATEGORY, "categories")                                                                      \
    X(POLICY, "policies")                                                                          \
    X(CALENDAR, "calendars")

enum registry_kind {
#define X(name, plural) REGISTRY_##name,
    REGISTRY_KINDS(X)
#undef X
        REGISTRY_COUNT
};

/* Lists of words: X(NAME, "word"). The word stands in JSON, CSV and rows. */
#define LEVELS(X)                                                                                  \
    X(PROVINCE, "province")                                                                        \
    X(CITY, "city")                                                                                \
    X(DISTRICT, "district")                                                                        \
    X(STREET, "street")                                                                            \
    X(COMMUNITY, "community")
#define ORG_KINDS(X)                                                                               \
    X(CITY_CONFERENCE, "city_conference")                                                          \
    X(DISTRICT_CONFERENCE, "district_conference")                                                  \
    X(STREET_ALLIANCE, "street_alliance")                                                          \
    X(COMMUNITY_COMMITTEE, "community_committee")                                                  \
    X(COMMITTEE, "committee")                                                                      \
    X(GENERAL_BRANCH, "general_branch")                                                            \
    X(BRANCH, "branch")                                                                            \
    X(JOINT_BRANCH, "joint_branch")
#define UNIT_KINDS(X)                                                                              \
    X(DEPARTMENT, "department")                                                                    \
    X(STREET_OFFICE, "street_office")                                                              \
    X(COMMUNITY, "community")                                                                      \
    X(SCHOOL, "school")                                                                            \
    X(HOSPITAL, "hospital")                                                                        \
    X(UTILITY, "utility")                                                                          \
    X(STATE_ENTERPRISE, "state_enterprise")                                                        \
    X(PRIVATE_ENTERPRISE, "private_enterprise")                                                    \
    X(SOCIAL_ORGANIZATION, "social_organization")                                                  \
    X(INSTITUTION, "institution")
#define FORMATIONS(X) X(ALONE, "alone") X(ATTACHED, "attached") X(JOINT, "joint") X(NONE, "none")
#define RESOURCE_KINDS(X)                                                                          \
    X(DUTY, "duty")                                                                                \
    X(VENUE, "venue")                                                                              \
    X(VOLUNTEERS, "volunteers")                                                                    \
    X(EXPERTISE, "expertise")                                                                      \
    X(FUNDS, "funds")                                                                              \
    X(EQUIPMENT, "equipment")                                                                      \
    X(EDUCATION, "education")                                                                      \
    X(HEALTH, "health")                                                                            \
    X(CULTURE, "culture")                                                                          \
    X(SPORTS, "sports")                                                                            \
    X(SERVICE_WINDOW, "service_window")                                                            \
    X(JOBS, "jobs")                                                                                \
    X(INFORMATION, "information")
/* One set for all kinds of rows; resources use the first four, the others `active` and `ended`. */
#define STATUSES(X)                                                                                \
    X(OFFERED, "offered")                                                                          \
    X(PROPOSED, "proposed")                                                                        \
    X(SUSPENDED, "suspended")                                                                      \
    X(ENDED, "ended")                                                                              \
    X(ACTIVE, "active")

#define X(name, word) LEVEL_##name,
enum level { LEVELS(X) LEVEL_COUNT };
#undef X
#define X(name, word) ORG_##name,
enum org_kind { ORG_KINDS(X) ORG_KIND_COUNT };
#undef X
#define X(name, word) UNIT_##name,
enum unit_kind { UNIT_KINDS(X) UNIT_KIND_COUNT };
#undef X
#define X(name, word) FORMATION_##name,
enum formation { FORMATIONS(X) FORMATION_COUNT };
#undef X
#define X(name, word) RESOURCE_##name,
enum resource_kind { RESOURCE_KINDS(X) RESOURCE_KIND_COUNT };
#undef X
#define X(name, word) STATUS_##name,
enum status { STATUSES(X) STATUS_COUNT };
#undef X

/* Words of each list, in the order of its enum, NULL behind the last. */
extern const char *const level_words[];
extern const char *const org_kind_words[];
extern const char *const unit_kind_words[];
extern const char *const formation_words[];
extern const char *const resource_kind_words[];
extern const char *const status_words[];
extern const char *const registry_plurals[];

struct area {
    const char *code; /* 2, 4, 6, 9 or 12 digits: GB/T 2260 and statistics codes */
    const char *name;
    int level; /* enum level */
    int status;
};

struct org {
    const char *code;
    const char *name;
    int kind; /* enum org_kind */
    const char *parent;
    struct names areas;
    int status;
};

/* A former or other name of a unit; dates may be absent. */
struct alias {
    const char *name;
    struct date from;
    struct date to;
};

struct aliases {
    int count;
    struct alias *at;
};

struct contact {
    const char *name;
    const char *phone;
};

/* The "five clears" (五个清); absent = not clear. */
struct ledger {
    const char *registration;
    int64_t workforce;
    int64_t party_members;
    const char *party_org;
    const char *person_in_charge;
};

struct unit {
    const char *code;
    const char *name;
    int kind; /* enum unit_kind */
    const char *area;
    const char *org;
    int formation; /* enum formation; NONE by default when there is no org, else ALONE */
    struct names joined;
    struct aliases aliases;
    const char *uscc; /* unified social credit code, GB 32100 */
    struct contact contact;
    struct ledger ledger;
    int status;
};

struct resource {
    const char *code;
    const char *unit;
    int kind; /* enum resource_kind */
    const char *title;
    struct names categories;
    struct names areas;
    int64_t capacity; /* tasks at once; -1 = unlimited */
    const char *hours;
    struct date valid_from;
    struct date valid_to;
    const char *agreement;
    double
        confidence;  /* share of history that it was learned from, 0..1; -1 = registered by hand */
    int64_t support; /* cases behind `confidence`; -1 = none */
    int status;
};

struct agreement {
    const char *code;
    const char *org;
    const char *unit;
    struct date signed_on;
    struct date valid_from;
    struct date valid_to;
    const char *duties;
    const char *tasks;
    const char *form;
    const char *content;
    struct names categories;
    int status;
};

struct category {
    const char *code; /* dotted, up to five levels */
    const char *name;
    const char *parent; /* absent: the code up to its last dot */
    int status;
};
