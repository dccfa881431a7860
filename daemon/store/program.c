/* fork, a few settings, exec; output goes to a file in memory, so that a descendant that lives on
 * cannot keep us waiting for the end of a pipe. */
#include "store/program.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FOLDER = 3, STEP_US = 10000 };

static char *const environment[] = {(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                                    (char *)"LC_ALL=C", (char *)"TZ=UTC", NULL};

static bool become(const struct program_user *user)
{
    return user == NULL ||
           (setgroups(1, &user->gid) == 0 && setgid(user->gid) == 0 && setuid(user->uid) == 0);
}

static bool place_descriptors(int folder, int output)
{
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
        dup2(output, STDERR_FILENO) < 0)
        return false;
    if (folder == FOLDER)
        return fcntl(folder, F_SETFD, 0) == 0;
    return folder < 0 || dup2(folder, FOLDER) == FOLDER;
}

/* The child's part; does not return. */
static void become_program(const struct program *program, int output)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGCHLD, SIG_DFL);
    umask(077);
    /* In a group of its own, so that it can be killed whole and ^C on our terminal misses it. */
    bool ready = setpgid(0, 0) == 0 && place_descriptors(program->folder, output) &&
                 become(program->user) && chdir("/") == 0;
    if (ready) {
        /* Whatever whoever started us left open must not live on in PostgreSQL. */
        close_range(FOLDER + (program->folder >= 0), ~0U, 0);
        execve(program->arguments[0], (char *const *)program->arguments, environment);
    }
    dprintf(STDERR_FILENO, "%s: %s\n", program->arguments[0], strerror(errno));
    _exit(127);
}

/* Waits by counting short sleeps: no clock, since ours may be a faked one that stands still. */
static bool wait_for(pid_t child, struct span limit, int *ret_status)
{
    for (int64_t us = 0; us <= limit.us; us += STEP_US) {
        pid_t ended = waitpid(child, ret_status, WNOHANG);
        if (ended == child)
            return true;
        if (ended < 0 && errno != EINTR)
            return false;
        usleep(STEP_US);
    }
    kill(-child, SIGKILL);
    waitpid(child, ret_status, 0);
    return false;
}

static void read_output(int output, struct text *ret_output)
{
    char piece[4096];
    off_t at = 0;
    for (ssize_t size; (size = pread(output, piece, sizeof(piece), at)) > 0; at += size)
        text_add_bytes(ret_output, piece, (size_t)size);
}

bool program_run(const struct program *program, struct text *ret_output, struct error *err)
{
    const char *name = program->arguments[0];
    int status = 0;
    int output = memfd_create("output", MFD_CLOEXEC);
    if (output < 0)
        return error_set(err, FAULT_UNAVAILABLE, "no memory file: %s", strerror(errno));
    pid_t child = fork();
    if (child == 0)
        become_program(program, output);
    if (child < 0) {
        close(output);
        return error_set(err, FAULT_UNAVAILABLE, "cannot start %s: %s", name, strerror(errno));
    }
    bool in_time = wait_for(child, program->limit, &status);
    read_output(output, ret_output);
    close(output);
    if (!in_time)
        return error_set(err, FAULT_UNAVAILABLE, "%s took longer than %lld s", name,
                         (long long)(program->limit.us / 1000000));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return error_set(err, FAULT_UNAVAILABLE, "%s failed: %s", name,
                         ret_output->size > 0 ? ret_output->at : "it says nothing");
    return true;
}
