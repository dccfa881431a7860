/* Names become units in three steps: what the registry says, which bracketed names work where the
 * plain one does, and which name of those that are one is the newest. The difficulty is what must
 * not be joined: names that the registry gives to two units, and offices of one name in two
 * streets. */
#include "domain/learn_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/unicode.h"

/* What the registry says a name means, from..to. */
struct title {
    const struct unit *unit;
    bool current; /* code or name, not a former one */
    struct date from, to;
    struct title *next;
};

struct identity {
    struct learn_unit unit;
    int index;
};

struct street {
    int code;
    int64_t cases;
};

/* One name as the history writes it, in its normal form. */
struct name {
    const char *text;
    struct title *titles;
    struct date first, last;
    int64_t cases;
    const struct street *streets; /* by code */
    int street_count, variants;
    int64_t street_cases;
    struct name *one_with;   /* towards the representative of those that are one */
    struct name *newest;     /* at the representative */
    const struct unit *own;  /* by the registry, when last seen */
    const struct unit *unit; /* at the representative: the only own one of all */
    bool divided;            /* at the representative: the registry knows two units */
};

/* A case's name and street. */
struct sight {
    struct name *name;
    int street; /* 0 = not known */
};

struct search {
    const struct learn_history *history;
    struct arena *arena;
    struct map *raw;      /* as written -> struct name */
    struct map *normal;   /* normal form -> struct name */
    struct map *registry; /* normal form -> struct title */
    struct map *identities;
    struct sight *sights; /* of each case; name NULL = left out */
    struct name **names;  /* by text */
    int name_count;
    int streets; /* different ones, in the whole history */
};

static const char *normal_form(struct arena *arena, const char *text)
{
    char *form = arena_copy(arena, unicode_nfkc(arena, text));
    char *to = form;
    for (const char *at = form; *at != '\0'; at++)
        if (strchr(" \t\n\v\f\r", *at) == NULL)
            *to++ = *at;
    *to = '\0';
    return form;
}

static void add_title(struct search *search, const char *text, struct title title)
{
    const char *key = normal_form(search->arena, text);
    struct title *added = ARENA_NEW(search->arena, struct title);
    *added = title;
    added->next = map_get(search->registry, key);
    map_put(search->registry, key, added);
}

static void read_registry(struct search *search)
{
    for (int i = 0; i < search->history->unit_count; i++) {
        const struct unit *unit = search->history->units[i];
        struct title title = {unit, true, DATE_NONE, DATE_NONE, NULL};
        add_title(search, unit->code, title);
        if (!text_equal(unit->code, unit->name))
            add_title(search, unit->name, title);
        for (int j = 0; j < unit->aliases.count; j++) {
            const struct alias *alias = &unit->aliases.at[j];
            add_title(search, alias->name,
                      (struct title){unit, false, alias->from, alias->to, NULL});
        }
    }
}

static bool valid_on(const struct title *title, struct date date)
{
    return (!date_set(title->from) || title->from.day <= date.day) &&
           (!date_set(title->to) || date.day <= title->to.day);
}

/* The only unit of those titles that are valid and current as asked; NULL: none, or several. */
static const struct unit *only_unit(const struct title *titles, struct date date, bool current,
                                    bool *ret_any)
{
    const struct unit *unit = NULL;
    bool several = false;
    *ret_any = false;
    for (const struct title *title = titles; title != NULL; title = title->next) {
        if ((date_set(date) && !valid_on(title, date)) || (current && !title->current))
            continue;
        *ret_any = true;
        several |= unit != NULL && unit != title->unit;
        unit = title->unit;
    }
    return several ? NULL : unit;
}

/* Whom a name means on a day. A former name outside its dates still counts where it is nobody
 * else's: dates of a renaming are seldom exact. */
static const struct unit *unit_on(const struct title *titles, struct date date)
{
    bool any;
    const struct unit *unit = only_unit(titles, date, false, &any);
    if (unit == NULL && any)
        return only_unit(titles, date, true, &any);
    return unit != NULL ? unit : only_unit(titles, DATE_NONE, false, &any);
}

static struct name *name_of(struct search *search, const char *raw)
{
    struct name *name = map_get(search->raw, raw);
    if (name != NULL)
        return name;
    const char *text = normal_form(search->arena, raw);
    name = map_get(search->normal, text);
    if (name == NULL) {
        name = ARENA_NEW(search->arena, struct name);
        *name = (struct name){.text = text, .first = {INT32_MAX}, .last = {INT32_MIN}};
        name->titles = map_get(search->registry, text);
        name->one_with = name;
        map_put(search->normal, text, name);
    }
    map_put(search->raw, raw, name);
    return name;
}

/* The first nine digits as a number; 0 if the place is wider than a street. */
static int street_of(const char *area)
{
    int street = 0;
    for (int i = 0; i < 9; i++) {
        if (area[i] < '0' || area[i] > '9')
            return 0;
        street = street * 10 + (area[i] - '0');
    }
    return street;
}

static void see_cases(struct search *search)
{
    const struct learn_history *history = search->history;
    search->sights = ARENA_ARRAY(search->arena, struct sight, history->count);
    for (size_t i = 0; i < history->count; i++) {
        const struct learn_case *one = &history->cases[i];
        struct name *name = name_of(search, one->unit);
        if (name->text[0] == '\0' || text_equal(name->text, "-"))
            continue;
        name->cases++;
        name->first.day = one->date.day < name->first.day ? one->date.day : name->first.day;
        name->last.day = one->date.day > name->last.day ? one->date.day : name->last.day;
        search->sights[i] = (struct sight){name, street_of(one->area)};
    }
}

static int by_text(const void *a, const void *b)
{
    const struct name *const *left = a, *const *right = b;
    return strcmp((*left)->text, (*right)->text);
}

static void list_names(struct search *search)
{
    search->names = ARENA_ARRAY(search->arena, struct name *, map_count(search->normal));
    size_t position = 0;
    for (struct name *name; (name = map_next(search->normal, &position, NULL)) != NULL;) {
        if (name->cases == 0)
            continue;
        search->names[search->name_count++] = name;
        name->own = unit_on(name->titles, name->last);
    }
    if (search->name_count > 0)
        qsort(search->names, (size_t)search->name_count, sizeof(struct name *), by_text);
}

static int by_name_and_street(const void *a, const void *b)
{
    const struct sight *left = a, *right = b;
    int order = strcmp(left->name->text, right->name->text);
    return order != 0 ? order : (left->street > right->street) - (left->street < right->street);
}

static int by_number(const void *a, const void *b)
{
    const int *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

/* `sights` are those with a street, in order. */
static void count_streets(struct search *search, const struct sight *sights, size_t count)
{
    struct street *streets = ARENA_ARRAY(search->arena, struct street, count);
    int *codes = ARENA_ARRAY(search->arena, int, count);
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        struct name *name = sights[i].name;
        bool next =
            i == 0 || name != sights[i - 1].name || sights[i].street != sights[i - 1].street;
        if (next) {
            codes[used] = streets[used].code = sights[i].street;
            name->streets = name->street_count++ == 0 ? &streets[used] : name->streets;
            used++;
        }
        streets[used - 1].cases++;
        name->street_cases++;
    }
    if (used > 0)
        qsort(codes, used, sizeof(*codes), by_number);
    for (size_t i = 0; i < used; i++)
        search->streets += i == 0 || codes[i] != codes[i - 1];
}

static void find_streets(struct search *search)
{
    struct sight *sights = mem_zero(search->history->count * sizeof(*sights));
    size_t count = 0;
    for (size_t i = 0; i < search->history->count; i++)
        if (search->sights[i].name != NULL && search->sights[i].street > 0)
            sights[count++] = search->sights[i];
    if (count > 0)
        qsort(sights, count, sizeof(*sights), by_name_and_street);
    count_streets(search, sights, count);
    mem_free(sights);
}

/* How much two names work in the same streets: 1 = in equal shares, 0 = nowhere together. */
static double overlap(const struct name *a, const struct name *b)
{
    double sum = 0;
    for (int i = 0, j = 0; i < a->street_count && j < b->street_count;) {
        const struct street *left = &a->streets[i], *right = &b->streets[j];
        double mine = (double)left->cases / (double)a->street_cases;
        double other = (double)right->cases / (double)b->street_cases;
        if (left->code == right->code)
            sum += mine < other ? mine : other;
        i += left->code <= right->code;
        j += right->code <= left->code;
    }
    return sum;
}

/* B of a name B(X) that ends in one bracket, if the history knows B; else NULL. */
static struct name *plain_of(const struct search *search, const struct name *name)
{
    size_t size = strlen(name->text);
    const char *open = strrchr(name->text, '(');
    if (open == NULL || open == name->text || strchr(open, ')') != name->text + size - 1)
        return NULL;
    const char *plain = arena_bytes(search->arena, name->text, (size_t)(open - name->text));
    struct name *found = map_get(search->normal, plain);
    return found != NULL && found->cases > 0 ? found : NULL;
}

static struct name *chosen(struct name *name)
{
    while (name->one_with != name)
        name = name->one_with;
    return name;
}

/* With one street only there is no evidence of place: then B may have one variant only. */
static void unite(struct search *search, double place)
{
    struct name **plain = ARENA_ARRAY(search->arena, struct name *, search->name_count);
    for (int i = 0; i < search->name_count; i++) {
        plain[i] = plain_of(search, search->names[i]);
        if (plain[i] != NULL)
            plain[i]->variants++;
    }
    for (int i = 0; i < search->name_count; i++) {
        struct name *name = search->names[i];
        bool evident = plain[i] != NULL && (search->streets > 1 || plain[i]->variants == 1);
        if (evident && overlap(plain[i], name) > place)
            chosen(name)->one_with = chosen(plain[i]);
    }
}

static bool is_newer(const struct name *a, const struct name *b)
{
    if (a->last.day != b->last.day)
        return a->last.day > b->last.day;
    return a->first.day > b->first.day;
}

static void choose_heads(struct search *search)
{
    for (int i = 0; i < search->name_count; i++) {
        struct name *name = search->names[i], *one = chosen(name);
        if (one->newest == NULL || is_newer(name, one->newest))
            one->newest = name;
        one->divided |= name->own != NULL && one->unit != NULL && one->unit != name->own;
        one->unit = name->own != NULL ? name->own : one->unit;
    }
}

static struct identity *identity_of(struct search *search, const struct unit *unit,
                                    const char *name)
{
    const char *text = unit != NULL ? unit->code : name;
    struct identity *identity = map_get(search->identities, text);
    if (identity == NULL) {
        identity = ARENA_NEW(search->arena, struct identity);
        identity->unit = (struct learn_unit){
            arena_copy(search->arena, text),
            unit != NULL ? arena_copy(search->arena, unit->name) : name, unit != NULL, 0};
        map_put(search->identities, identity->unit.text, identity);
    }
    return identity;
}

static struct identity *meant(struct search *search, struct name *name, struct date date)
{
    const struct unit *unit = unit_on(name->titles, date);
    const struct name *one = chosen(name);
    if (unit != NULL)
        return identity_of(search, unit, NULL);
    if (one->divided)
        return identity_of(search, NULL, name->text);
    return identity_of(search, one->unit, one->newest->text);
}

static int by_identity(const void *a, const void *b)
{
    const struct identity *const *left = a, *const *right = b;
    return strcmp((*left)->unit.text, (*right)->unit.text);
}

static void list_units(struct search *search, struct learn_names *names)
{
    size_t count = map_count(search->identities), position = 0;
    struct identity **all = ARENA_ARRAY(search->arena, struct identity *, count);
    for (size_t i = 0; i < count; i++)
        all[i] = map_next(search->identities, &position, NULL);
    if (count > 0)
        qsort(all, count, sizeof(struct identity *), by_identity);
    names->units = ARENA_ARRAY(search->arena, struct learn_unit, count);
    names->unit_count = (int)count;
    for (size_t i = 0; i < count; i++) {
        all[i]->index = (int)i;
        names->units[i] = all[i]->unit;
    }
}

static void settle_cases(struct search *search, struct learn_names *names)
{
    size_t count = search->history->count;
    struct identity **of = mem_zero(count * sizeof(struct identity *));
    for (size_t i = 0; i < count; i++) {
        if (search->sights[i].name == NULL)
            continue;
        of[i] = meant(search, search->sights[i].name, search->history->cases[i].date);
        of[i]->unit.cases++;
    }
    list_units(search, names);
    names->units_of = ARENA_ARRAY(search->arena, int, count);
    for (size_t i = 0; i < count; i++)
        names->units_of[i] = of[i] != NULL ? of[i]->index : -1;
    mem_free(of);
}

static int by_head(const void *a, const void *b)
{
    const struct learn_rename *left = a, *right = b;
    int order = strcmp(left->head, right->head);
    return order != 0 ? order : strcmp(left->alias, right->alias);
}

static void list_renames(struct search *search, struct learn_names *names)
{
    names->renames = ARENA_ARRAY(search->arena, struct learn_rename, search->name_count);
    for (int i = 0; i < search->name_count; i++) {
        struct name *name = search->names[i], *one = chosen(name);
        bool is_head = one->unit == NULL && name == one->newest;
        if (one->divided || is_head || name->own != NULL)
            continue;
        const struct learn_unit *unit = &identity_of(search, one->unit, one->newest->text)->unit;
        names->renames[names->rename_count++] =
            (struct learn_rename){unit->name, unit->text,          name->text, name->first,
                                  name->last, name == one->newest, name->cases};
    }
    if (names->rename_count > 0)
        qsort(names->renames, (size_t)names->rename_count, sizeof(*names->renames), by_head);
}

struct learn_names learn_names_find(const struct learn_history *history, double place,
                                    struct arena *arena)
{
    struct search search = {.history = history, .arena = arena};
    struct learn_names names = {0};
    search.raw = map_new(64);
    search.normal = map_new(64);
    search.registry = map_new(64);
    search.identities = map_new(64);
    read_registry(&search);
    see_cases(&search);
    list_names(&search);
    find_streets(&search);
    unite(&search, place);
    choose_heads(&search);
    settle_cases(&search, &names);
    list_renames(&search, &names);
    map_free(search.raw);
    map_free(search.normal);
    map_free(search.registry);
    map_free(search.identities);
    return names;
}
