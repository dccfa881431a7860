/* The folder <state>/postgres holds the cluster (data), its log and its socket, and belongs to the
 * user who runs it. PostgreSQL is started by pg_ctl as a daemon of its own, so that it outlives a
 * killed whistled. The file <state>/postgres.lock has two locks: byte 0 is held while somebody
 * starts or stops the server, byte 1 is shared by all who use it.
 *
 * The folder may have a name that is too long for a socket, odd to a shell, or out of reach for the
 * user (below a closed home directory). Then it is handed over as an open descriptor and named
 * through /proc. */
#include "store/private_pg.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "base/log.h"
#include "store/pg_programs.h"
#include "store/program.h"

#define PID_FILE  "data/postmaster.pid"
#define SOCKET    ".s.PGSQL.5432"
#define DATABASE  "whistled"
#define NEW_DATA  "data.new"
#define START_LOG "start.log"

enum { LOCK_GATE, LOCK_USERS, STEP_US = 50000, START_TRIES = 3 };

struct private_pg {
    struct arena *arena;
    int lock;                 /* <state>/postgres.lock */
    int folder;               /* <state>/postgres */
    const char *path;         /* its name for us ... */
    const char *base;         /* ... and for PostgreSQL, which may need another */
    struct program_user user; /* under root, who runs it */
    bool other_user;
    struct pg_programs programs;
    struct span limit;
    const char *url;
};

static const char hba[] = "# Whoever reaches the socket in its closed folder may come in.\n"
                          "local all all trust\n";

static const char conf[] =
    "# Made by whistled at the first start, for a small machine; yours to change.\n"
    "# The socket's folder is given at every start.\n"
    "listen_addresses = ''\n"
    "unix_socket_permissions = 0700\n"
    "max_connections = 50\n"
    "shared_buffers = 128MB\n"
    "effective_cache_size = 1GB\n"
    "work_mem = 8MB\n"
    "maintenance_work_mem = 64MB\n"
    "max_wal_size = 1GB\n"
    "wal_compression = on\n"
    "random_page_cost = 1.1\n"
    "fsync = on\n"
    "synchronous_commit = on\n"
    "jit = off\n"
    "timezone = 'UTC'\n"
    "datestyle = 'iso, ymd'\n"
    "lc_messages = 'C'\n"
    "default_text_search_config = 'pg_catalog.simple'\n"
    "# A week of logs, without values: those are citizens' texts.\n"
    "logging_collector = on\n"
    "log_directory = '../log'\n"
    "log_filename = 'postgresql-%a.log'\n"
    "log_rotation_age = 1d\n"
    "log_rotation_size = 0\n"
    "log_truncate_on_rotation = on\n"
    "log_timezone = 'UTC'\n"
    "log_error_verbosity = terse\n"
    "log_min_error_statement = panic\n"
    "log_parameter_max_length = 0\n"
    "log_parameter_max_length_on_error = 0\n";

/* Makes a directory and those above it. 0711: keys are files of mode 0600, and the user of
 * PostgreSQL must pass. */
static bool make_directory(struct arena *arena, const char *path, struct error *err)
{
    char *part = arena_copy(arena, path);
    for (char *at = part + 1; *at != '\0'; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        mkdir(part, 0711); /* if it fails, so does what follows */
        *at = '/';
    }
    if (mkdir(path, 0711) == 0 || errno == EEXIST)
        return true;
    return error_set(err, FAULT_UNAVAILABLE, "cannot make %s: %s", path, strerror(errno));
}

/* Sets a lock of the file; false if another process is in the way. Locks of an open file, not of a
 * process: forked children do not lose them for us. */
static bool set_lock(const struct private_pg *pg, short kind, int byte)
{
    struct flock lock = {.l_type = kind, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    return fcntl(pg->lock, F_OFD_SETLK, &lock) == 0;
}

static bool enter_gate(const struct private_pg *pg, struct error *err)
{
    for (int64_t us = 0; us <= pg->limit.us; us += STEP_US) {
        if (set_lock(pg, F_WRLCK, LOCK_GATE))
            return true;
        usleep(STEP_US);
    }
    return error_set(err, FAULT_UNAVAILABLE,
                     "another whistled has been starting or stopping the database in %s for long",
                     pg->path);
}

/* Under root: who runs PostgreSQL. */
static bool choose_user(struct private_pg *pg, const char *wanted, struct error *err)
{
    static const char *const usual[] = {"whistled", "postgres", "nobody"};
    struct stat folder;
    const struct passwd *entry = NULL;
    pg->other_user = geteuid() == 0;
    if (!pg->other_user)
        return true;
    if (*wanted != '\0') {
        entry = getpwnam(wanted);
        if (entry == NULL || entry->pw_uid == 0)
            return error_set(err, FAULT_INVALID, "[state] user = %s: must be a user, not root",
                             wanted);
    } else if (stat(pg->path, &folder) == 0 && folder.st_uid != 0) {
        pg->user = (struct program_user){folder.st_uid, folder.st_gid};
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(usual) && entry == NULL; i++)
        entry = getpwnam(usual[i]);
    if (entry == NULL)
        return error_set(err, FAULT_UNAVAILABLE,
                         "no unprivileged user for PostgreSQL: set one "
                         "as [state] user");
    pg->user = (struct program_user){entry->pw_uid, entry->pw_gid};
    return true;
}

/* Makes the folder if need be, gives it to the user who runs PostgreSQL, and opens it. */
static bool open_folder(struct private_pg *pg, struct error *err)
{
    struct stat folder;
    bool made = mkdir(pg->path, 0700) == 0;
    pg->folder = open(pg->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (pg->folder < 0 || fstat(pg->folder, &folder) != 0)
        return error_set(err, FAULT_UNAVAILABLE, "cannot open %s: %s", pg->path, strerror(errno));
    uid_t owner = pg->other_user ? pg->user.uid : geteuid();
    if (folder.st_uid == owner)
        return true;
    if (!pg->other_user || (!made && folder.st_uid != 0))
        return error_set(err, FAULT_UNAVAILABLE,
                         "%s belongs to user %u: start whistled as root or as that user", pg->path,
                         (unsigned)folder.st_uid);
    if (fchown(pg->folder, pg->user.uid, pg->user.gid) != 0)
        return error_set(err, FAULT_UNAVAILABLE, "cannot give %s to user %u: %s", pg->path,
                         (unsigned)pg->user.uid, strerror(errno));
    return true;
}

static bool run(const struct private_pg *pg, const char *const *arguments, struct error *err)
{
    struct text output CLEANUP(text_clear) = {0};
    struct span more = {pg->limit.us +
                        SECONDS(10).us}; /* pg_ctl has the same limit: let it speak */
    struct program program = {.arguments = arguments,
                              .user = pg->other_user ? &pg->user : NULL,
                              .folder = pg->folder,
                              .limit = more};
    return program_run(&program, &output, err);
}

/* Nothing that a shell, a list of directories or a socket's address would stumble on. */
static bool is_plain(const char *path)
{
    static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                               "0123456789/._-+@";
    struct sockaddr_un address;
    return strspn(path, good) == strlen(path) &&
           strlen(path) + strlen("/" SOCKET) < sizeof(address.sun_path);
}

static bool can_reach(const struct private_pg *pg)
{
    struct error ignored = {.arena = pg->arena};
    const char *const inside = arena_format(pg->arena, "%s/.", pg->path);
    const char *const arguments[] = {"/usr/bin/test", "-d", inside, NULL};
    return !pg->other_user || run(pg, arguments, &ignored);
}

/* Quoted for a conninfo. */
static const char *quote(struct arena *arena, const char *value)
{
    struct text text CLEANUP(text_clear) = {0};
    text_add(&text, "'");
    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '\'' || *at == '\\')
            text_add(&text, "\\");
        text_add_bytes(&text, at, 1);
    }
    text_add(&text, "'");
    return arena_copy(arena, text.at);
}

static const char *conninfo(const struct private_pg *pg, const char *database)
{
    const char *host = pg->path;
    if (!is_plain(pg->path))
        host = arena_format(pg->arena, "/proc/self/fd/%d", pg->folder);
    return arena_format(pg->arena,
                        "host=%s port=5432 user=whistled dbname=%s connect_timeout=10 "
                        "sslmode=disable gssencmode=disable",
                        quote(pg->arena, host), database);
}

static void choose_names(struct private_pg *pg)
{
    pg->base = is_plain(pg->path) && can_reach(pg) ? pg->path : PROGRAM_FOLDER;
    pg->url = conninfo(pg, DATABASE);
}

/* A number at the beginning of a file in the folder; 0 if there is none. */
static long read_number(const struct private_pg *pg, const char *name)
{
    char line[32] = "";
    int file = openat(pg->folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0)
        return 0;
    ssize_t size = read(file, line, sizeof(line) - 1);
    close(file);
    return size > 0 ? strtol(line, NULL, 10) : 0;
}

/* Whether this process lives and works in our data directory. */
static bool is_ours(const struct private_pg *pg, long pid)
{
    struct stat data, works;
    const char *link = arena_format(pg->arena, "/proc/%ld/cwd", pid);
    return pid > 0 && fstatat(pg->folder, "data", &data, 0) == 0 && stat(link, &works) == 0 &&
           data.st_dev == works.st_dev && data.st_ino == works.st_ino;
}

/* After a power cut the process id in a file may by now belong to a stranger, which PostgreSQL
 * takes for its own old server. The gate is held, so nobody is starting one. */
static void drop_stale(const struct private_pg *pg, const char *name)
{
    long pid = read_number(pg, name);
    if (pid > 0 && !is_ours(pg, pid))
        unlinkat(pg->folder, name, 0);
}

static bool write_file(int directory, const char *name, const char *content)
{
    int file = openat(directory, name, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0)
        return false;
    size_t size = strlen(content);
    bool written = write(file, content, size) == (ssize_t)size && fsync(file) == 0;
    return close(file) == 0 && written;
}

/* Puts our settings in place and gives the new cluster its name, so that one which was cut short
 * is never taken for whole. */
static bool finish_cluster(const struct private_pg *pg, struct error *err)
{
    int data = openat(pg->folder, NEW_DATA, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool done = data >= 0 && write_file(data, "postgresql.conf", conf) &&
                write_file(data, "pg_hba.conf", hba) && fsync(data) == 0 &&
                renameat(pg->folder, NEW_DATA, pg->folder, "data") == 0 && fsync(pg->folder) == 0;
    int cause = errno;
    if (data >= 0)
        close(data);
    return done || error_set(err, FAULT_UNAVAILABLE, "cannot finish the new database in %s: %s",
                             pg->path, strerror(cause));
}

static bool make_cluster(const struct private_pg *pg, struct error *err)
{
    const char *data = arena_format(pg->arena, "%s/" NEW_DATA, pg->base);
    const char *initdb = arena_format(pg->arena, "%s/initdb", pg->programs.folder);
    const char *const clear[] = {"/bin/rm", "-rf", "--", data, NULL};
    const char *const make[] = {
        initdb,       "--pgdata",         data,           "--username=whistled", "--encoding=UTF8",
        "--locale=C", "--data-checksums", "--auth=trust", "--no-instructions",   NULL};
    return run(pg, clear, err) && run(pg, make, err) && finish_cluster(pg, err);
}

static bool control(const struct private_pg *pg, const char *verb, const char *more,
                    struct error *err)
{
    const char *data = arena_format(pg->arena, "%s/data", pg->base);
    const char *seconds = arena_format(pg->arena, "%lld", (long long)pg->limit.us / 1000000);
    const char *program = arena_format(pg->arena, "%s/pg_ctl", pg->programs.folder);
    const char *log = arena_format(pg->arena, "%s/" START_LOG, pg->base);
    bool start = text_equal(verb, "start");
    const char *const arguments[] = {program, verb,
                                     "-D",    data,
                                     "-w",    "-t",
                                     seconds, start ? "-o" : "-m",
                                     more,    start ? "-l" : NULL,
                                     log,     NULL};
    return run(pg, arguments, err);
}

static bool start_server(const struct private_pg *pg, struct error *err)
{
    drop_stale(pg, PID_FILE);
    drop_stale(pg, SOCKET ".lock");
    return control(pg, "start", arena_format(pg->arena, "-k %s", pg->base), err);
}

/* Uses the server that runs, or waits for one that is starting or stopping, or starts one. After a
 * server that was killed, a start fails while orphans of the old one still end: so more tries. */
static bool get_running(const struct private_pg *pg, struct error *err)
{
    int tries = 0;
    for (int64_t us = 0; us <= pg->limit.us; us += STEP_US) {
        struct error once = {.arena = err->arena};
        if (PQping(pg->url) == PQPING_OK)
            return true;
        if (is_ours(pg, read_number(pg, PID_FILE)))
            usleep(STEP_US);
        else if (!start_server(pg, &once) && ++tries == START_TRIES)
            return error_set(err, FAULT_UNAVAILABLE, "%s; see %s/" START_LOG " and %s/log",
                             once.detail, pg->path, pg->path);
    }
    return error_set(err, FAULT_UNAVAILABLE,
                     "the private PostgreSQL runs but does not answer; see %s/log", pg->path);
}

static void drop_connection(PGconn **connection)
{
    PQfinish(*connection);
}

static bool make_database(const struct private_pg *pg, struct error *err)
{
    PGconn *connection CLEANUP(drop_connection) = PQconnectdb(conninfo(pg, "postgres"));
    if (PQstatus(connection) != CONNECTION_OK)
        return error_set(err, FAULT_UNAVAILABLE, "%s", PQerrorMessage(connection));
    PGresult *rows = PQexec(connection, "SELECT 1 FROM pg_database WHERE datname = '" DATABASE "'");
    bool exists = PQntuples(rows) == 1;
    PQclear(rows);
    if (exists)
        return true;
    PGresult *made = PQexec(connection, "CREATE DATABASE " DATABASE);
    bool done = PQresultStatus(made) == PGRES_COMMAND_OK;
    PQclear(made);
    return done || error_set(err, FAULT_UNAVAILABLE, "%s", PQerrorMessage(connection));
}

/* With the gate held. */
static bool bring_up(struct private_pg *pg, const struct private_pg_settings *settings,
                     struct error *err)
{
    if (!choose_user(pg, settings->user, err) || !open_folder(pg, err))
        return false;
    choose_names(pg);
    int version = (int)read_number(pg, "data/PG_VERSION");
    if (!pg_programs_find(settings->programs, version, pg->arena, &pg->programs, err))
        return false;
    if (version == 0 && !make_cluster(pg, err))
        return false;
    return get_running(pg, err) && make_database(pg, err);
}

static void free_all(struct private_pg *pg)
{
    if (pg->folder >= 0)
        close(pg->folder);
    if (pg->lock >= 0) {
        /* Closing would do, but for a forked child that has the file open still. */
        set_lock(pg, F_UNLCK, LOCK_USERS);
        set_lock(pg, F_UNLCK, LOCK_GATE);
        close(pg->lock);
    }
    arena_free(pg->arena);
    mem_free(pg);
}

static bool open_lock(struct private_pg *pg, const char *directory, struct error *err)
{
    const char *name = arena_format(pg->arena, "%s/postgres.lock", directory);
    pg->lock = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    return pg->lock >= 0 ||
           error_set(err, FAULT_UNAVAILABLE, "cannot open %s: %s", name, strerror(errno));
}

bool private_pg_start(const struct private_pg_settings *settings, struct private_pg **ret_pg,
                      struct error *err)
{
    struct private_pg *pg = mem_zero(sizeof(*pg));
    *pg = (struct private_pg){
        .arena = arena_new(), .lock = -1, .folder = -1, .limit = settings->start_timeout};
    pg->path = arena_format(pg->arena, "%s/postgres", settings->directory);
    bool up = make_directory(pg->arena, settings->directory, err) &&
              open_lock(pg, settings->directory, err) && enter_gate(pg, err) &&
              bring_up(pg, settings, err);
    if (!up) {
        free_all(pg);
        return false;
    }
    set_lock(pg, F_RDLCK, LOCK_USERS); /* cannot be in the way: only the gate's holder writes it */
    set_lock(pg, F_UNLCK, LOCK_GATE);
    *ret_pg = pg;
    return true;
}

const char *private_pg_url(const struct private_pg *pg)
{
    return pg->url;
}

void private_pg_stop(struct private_pg *pg)
{
    if (pg == NULL)
        return;
    struct error ignored = {.arena = pg->arena};
    /* If it does not stop in time it is left running; the next start finds it. */
    if (enter_gate(pg, &ignored) && set_lock(pg, F_WRLCK, LOCK_USERS) &&
        !control(pg, "stop", "fast", &ignored))
        log_line(LOG_WARN, "database_left_running", "cause=\"%s\"", ignored.detail);
    free_all(pg);
}
