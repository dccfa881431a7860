/* Asks every candidate folder's postgres for its version. */
#include "store/pg_programs.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/program.h"

/* Before PATH, where wrappers may stand. */
static const char *const places[] = {"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
                                     "/usr/local/pgsql/bin"};

static bool has(struct arena *arena, const char *folder, const char *name)
{
    return access(arena_format(arena, "%s/%s", folder, name), X_OK) == 0;
}

/* The major version of the programs in a folder; 0 if it has not all of them. */
static int version_of(struct arena *arena, const char *folder)
{
    if (!has(arena, folder, "postgres") || !has(arena, folder, "initdb") ||
        !has(arena, folder, "pg_ctl"))
        return 0;
    struct error err = {.arena = arena};
    struct text output CLEANUP(text_clear) = {0};
    const char *const arguments[] = {arena_format(arena, "%s/postgres", folder), "--version", NULL};
    struct program program = {.arguments = arguments, .folder = -1, .limit = SECONDS(10)};
    if (!program_run(&program, &output, &err))
        return 0;
    /* "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)" */
    const char *number = strstr(output.at, "(PostgreSQL) ");
    return number != NULL ? (int)strtol(number + strlen("(PostgreSQL) "), NULL, 10) : 0;
}

static struct names candidates(struct arena *arena, const char *configured)
{
    struct names folders = {0};
    if (*configured != '\0')
        return names_with(arena, &folders, configured);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        glob_t found = {0};
        if (glob(places[i], 0, NULL, &found) == 0)
            for (size_t k = 0; k < found.gl_pathc; k++)
                folders = names_with(arena, &folders, arena_copy(arena, found.gl_pathv[k]));
        globfree(&found);
    }
    struct names path = names_split(arena, getenv("PATH"), ':');
    for (int i = 0; i < path.count; i++)
        folders = names_with(arena, &folders, path.at[i]);
    return folders;
}

bool pg_programs_find(const char *configured, int version, struct arena *arena,
                      struct pg_programs *ret_programs, struct error *err)
{
    struct names folders = candidates(arena, configured);
    struct pg_programs best = {0};
    for (int i = 0; i < folders.count; i++) {
        int found = version_of(arena, folders.at[i]);
        if (found > best.version && (version == 0 || found == version))
            best = (struct pg_programs){folders.at[i], found};
    }
    if (best.version >= PG_OLDEST) {
        *ret_programs = best;
        return true;
    }
    const char *where = *configured != '\0' ? configured : places[0];
    if (version != 0)
        return error_set(err, FAULT_UNAVAILABLE,
                         "the private database was made by PostgreSQL %d, whose programs are not "
                         "in %s: install them or move the data by pg_upgrade",
                         version, where);
    return error_set(err, FAULT_UNAVAILABLE,
                     "no PostgreSQL server %d or newer in %s or PATH: install postgresql, or set "
                     "[database] url to a server elsewhere",
                     PG_OLDEST, where);
}
