// The few things that managed code cannot do: run before the runtime has started, inside a signal handler, and between fork and exec.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel.h"

// The runtime raises its own limit of open files to the maximum; programs that use select() must not inherit that.
static struct rlimit inherited_files;
static int files_raised = 1;

static const mode_t usual_mask = 022;
static int mask_is_usual;

// gVisor takes the numbers for signed and refuses ~0u; the loop of calls that it then took cost more than all the rest of starting a process.
static void close_from(int first)
{
    if (syscall(SYS_close_range, (long)first, (long)INT_MAX, 0l) == 0) return;
    for (int fd = first; fd < 4096; fd++) close(fd);
}

// ---- Limits ----

// An agent that may make no thread dies, and the sandbox with it; so what is started here is limited apart from the agent itself. Our own launcher leaves two files of a cgroup as streams 1 and 2:
// each child moves into it ("0" is the writer, for whom the kernel takes no lock that all of the host shares), and the other file says how many are there. Under gVisor, whose kernel is the
// sandbox's own, the limit of a user's processes does, which counts root's as well there. Elsewhere (runc) nothing does: those limits are the host's.
static int work_group = -1, work_count = -1;
static uint32_t most_processes;
static int limit_users;

static void take_work_group(void)
{
    struct statfs join, count;
    enum { V1 = 0x27e0eb, V2 = 0x63677270 };
    if (fstatfs(1, &join) != 0 || (join.f_type != V1 && join.f_type != V2)) return;
    if (fstatfs(2, &count) != 0 || count.f_type != join.f_type) return;
    work_group = fcntl(1, F_DUPFD_CLOEXEC, 3);
    work_count = fcntl(2, F_DUPFD_CLOEXEC, 3);
}

void atoll_limit_processes(uint32_t processes, int32_t own_kernel)
{
    most_processes = processes;
    limit_users = own_kernel && work_group < 0;
}

// The owner's commands get in where what runs inside may make no more, so that there is a way to end what fills the sandbox: a group takes who moves into it, full or not, and so does a kernel whom it
// starts another user's process for. What one starts in its turn is refused.
static int is_full(void)
{
    enum { OWNERS = 16, AGENTS = 32 };
    char text[32];
    uint32_t most = most_processes;
    if (most == 0) return 0;
    struct sysinfo kernel;
    if (limit_users) return sysinfo(&kernel) == 0 && kernel.procs >= most + AGENTS + OWNERS;
    if (work_count < 0) return 0;
    ssize_t length = pread(work_count, text, sizeof text - 1, 0);
    if (length <= 0) return 0;
    text[length] = 0;
    return strtoul(text, NULL, 10) >= most + OWNERS;
}

// Before the runtime opens anything: what the launcher left open is not ours, and no process started here may find it.
__attribute__((constructor)) static void before_runtime(void)
{
    getrlimit(RLIMIT_NOFILE, &inherited_files);

    // The collector sizes its nursery by the processor's cache (tens of MB); a handful of calls a second needs none of that. It has no build-time setting.
    setenv("DOTNET_GCgen0size", "0x80000", 1);
    setenv("DOTNET_GCConserveMemory", "0x9", 1);
    close_from(3);
    take_work_group();
    mode_t given = umask(usual_mask);
    mask_is_usual = given == usual_mask;
    if (!mask_is_usual) umask(given);

    // All threads are started by this one and inherit this: the end of a child interrupts the one that unblocks it, and wakes no other.
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGCHLD);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    prepare_kernel();
}

// ---- Signals of process 1 ----

static volatile int children_event = -1;
static volatile pid_t own_pid;
static struct sigaction chained[NSIG];

// Between clone and exec a child has our handlers, in our memory. A signal sent to it must do there what it does to any program: it takes its usual effect once the handler has returned.
static int is_childs(int signal)
{
    if (getpid() == own_pid) return 0;
    int saved = errno;
    struct sigaction plain = { .sa_handler = SIG_DFL };
    sigaction(signal, &plain, NULL);
    kill(getpid(), signal);
    errno = saved;
    return 1;
}

// Handled and not ignored, although nothing is done: what is ignored stays so across exec, and each call that a child makes to undo it costs up to 0.1 ms under gVisor.
static void on_nothing(int signal) { (void)is_childs(signal); }

static void on_child(int signal)
{
    if (is_childs(signal)) return;
    int saved = errno;
    uint64_t one = 1;
    if (write(children_event, &one, sizeof one) < 0) { /* the counter is full: the loop wakes anyway */ }
    errno = saved;
}

// The runtime handles these to turn faults of its own into exceptions. One that somebody sent (si_code <= 0) is no fault.
static void on_fault(int signal, siginfo_t *info, void *context)
{
    if (info->si_code <= 0)
    {
        (void)is_childs(signal);
        return;
    }

    struct sigaction *next = &chained[signal];
    if (next->sa_flags & SA_SIGINFO) next->sa_sigaction(signal, info, context);
    else if (next->sa_handler == SIG_DFL) { struct sigaction plain = { .sa_handler = SIG_DFL }; sigaction(signal, &plain, NULL); }
    else if (next->sa_handler != SIG_IGN) next->sa_handler(signal);
}

// Children that end add to the eventfd; nothing that a process inside sends ends process 1.
int32_t atoll_guard_signals(int32_t event)
{
    static const int idle[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM, SIGVTALRM, SIGPROF, SIGTSTP, SIGTTIN, SIGTTOU,
                                SIGIO, SIGPWR, SIGSTKFLT, SIGXCPU, SIGXFSZ, SIGTRAP, SIGSYS };
    static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };
    static const int others[] = { SIGABRT, SIGCONT, SIGURG, SIGWINCH };
    own_pid = getpid();
    struct sigaction nothing = { .sa_handler = on_nothing, .sa_flags = SA_RESTART };
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++) sigaction(idle[i], &nothing, NULL);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    {
        // Whoever started us may have ignored it, which our children would inherit.
        struct sigaction now, plain = { .sa_handler = SIG_DFL };
        if (sigaction(others[i], NULL, &now) == 0 && now.sa_handler == SIG_IGN) sigaction(others[i], &plain, NULL);
    }

    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
    {
        struct sigaction guard = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART };
        sigaction(faults[i], NULL, &chained[faults[i]]);
        guard.sa_mask = chained[faults[i]].sa_mask;
        sigaction(faults[i], &guard, NULL);
    }
    struct rlimit files;
    files_raised = getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur != inherited_files.rlim_cur || files.rlim_max != inherited_files.rlim_max;

    children_event = event;
    struct sigaction child = { .sa_handler = on_child, .sa_flags = SA_RESTART | SA_NOCLDSTOP };
    return sigaction(SIGCHLD, &child, NULL) == 0 ? 0 : -errno;
}

void atoll_hear_ends(void)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGCHLD);
    pthread_sigmask(SIG_UNBLOCK, &ends, NULL);
}

// A child that has ended and waits to be reaped, or 0. It is not reaped here, so that its pid stays its own until the caller has said so to whoever may signal it.
int32_t atoll_peek_dead(void)
{
    siginfo_t info;
    info.si_pid = 0;
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) != 0) return 0;
    return info.si_pid;
}

// ---- Memory ----

// The runtime's: what a function with a buffer on its stack puts behind that, and looks at again in its end.
extern const char __security_cookie;

static void drop(uintptr_t start, uintptr_t end)
{
    if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
}

// Code and constants: a page of them that is dropped is mapped again from the file's cache at its next use. But for one, as the runtime writes the cookie among the constants when it starts: a function
// that finds another one at its end takes that for an attack, and ends the process. Data is not touched. The addresses are the file's own, as this program is not relocated.
void atoll_trim(void)
{
    malloc_trim(0);
    const uintptr_t page = 4096, written = (uintptr_t)&__security_cookie & ~(page - 1);
    const ElfW(Phdr) *header = (const ElfW(Phdr) *)getauxval(AT_PHDR);
    for (unsigned long left = getauxval(AT_PHNUM); left > 0; left--, header++)
    {
        if (header->p_type != PT_LOAD || (header->p_flags & PF_W)) continue;
        const uintptr_t start = header->p_vaddr & ~(page - 1), end = header->p_vaddr + header->p_filesz;
        const int holds = start <= written && written < end;
        drop(start, holds ? written : end);
        if (holds) drop(written + page, end);
    }
}

// ---- Starting a process ----

enum stage { STAGE_FORK = 1, STAGE_SESSION, STAGE_STREAMS, STAGE_USER, STAGE_DIRECTORY, STAGE_EXEC };

struct atoll_spawn
{
    const char *const *programs;  // tried in order, as a PATH is
    char *const *argv;
    char *const *envp;
    const char *directory;
    const gid_t *groups;
    int32_t group_count;
    uint32_t uid;
    uint32_t gid;
    int32_t streams[3];
    int32_t terminal;             // stream 0 becomes the controlling terminal
    int32_t oom_score;            // for oom_score_adj, or INT32_MIN to leave it
    int32_t stage;                // answer: where it failed
    int32_t error;                // answer: errno
};

static void fail(struct atoll_spawn *request, int stage)
{
    request->error = errno;
    request->stage = stage;
    _exit(127);
}

static void set_oom_score(int32_t score)
{
    char text[16];
    int length = snprintf(text, sizeof text, "%d", score);
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return;
    if (write(fd, text, (size_t)length) < 0) { /* no worse than before */ }
    close(fd);
}

// A program that was written a moment ago may be open for writing for a moment more: in a child of ours that has copied our descriptors and not closed them yet. Waited for, up to a second: on a busy host it may be that long until such a child runs.
static void execute(const char *program, struct atoll_spawn *request)
{
    struct timespec pause = { .tv_nsec = 500 * 1000 };
    for (int tries = 0; tries < 11; tries++, pause.tv_nsec += pause.tv_nsec)
    {
        execve(program, request->argv, request->envp);
        if (errno != ETXTBSY) return;
        syscall(SYS_nanosleep, &pause, NULL);
    }
    errno = ETXTBSY;
}

// Runs in the parent's memory while the calling thread waits: only raw system calls and calls without locks or allocation.
static int run_child(void *argument)
{
    struct atoll_spawn *request = argument;

    // Exec undoes handlers. This one alone the runtime may have set back to be ignored.
    struct sigaction plain = { .sa_handler = SIG_DFL };
    sigaction(SIGPIPE, &plain, NULL);

    if (work_group >= 0 && write(work_group, "0", 1) != 1) fail(request, STAGE_FORK);
    if (limit_users && most_processes != 0)
    {
        struct rlimit processes = { most_processes, most_processes };
        setrlimit(RLIMIT_NPROC, &processes);
    }
    if (setsid() < 0) fail(request, STAGE_SESSION);
    for (int i = 0; i < 3; i++) if (request->streams[i] != i && dup2(request->streams[i], i) < 0) fail(request, STAGE_STREAMS);
    if (request->terminal && ioctl(0, TIOCSCTTY, 0) < 0) fail(request, STAGE_SESSION);
    close_from(3);
    if (request->oom_score != INT32_MIN) set_oom_score(request->oom_score);
    if (files_raised) setrlimit(RLIMIT_NOFILE, &inherited_files);
    if (!mask_is_usual) umask(usual_mask);

    // Raw calls: the C library's would change the user of the parent's threads as well.
    if (syscall(SYS_setgroups, (size_t)request->group_count, request->groups) != 0) fail(request, STAGE_USER);
    if (syscall(SYS_setresgid, request->gid, request->gid, request->gid) != 0) fail(request, STAGE_USER);
    if (syscall(SYS_setresuid, request->uid, request->uid, request->uid) != 0) fail(request, STAGE_USER);
    if (chdir(request->directory) != 0) fail(request, STAGE_DIRECTORY);

    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);

    int error = ENOENT;
    for (const char *const *program = request->programs; *program; program++)
    {
        execute(*program, request);
        if (errno == EACCES) error = EACCES;
        else if (errno != ENOENT && errno != ENOTDIR) { error = errno; break; }
    }
    errno = error;
    fail(request, STAGE_EXEC);
    return 127;
}

// The last child's stack, for the next: a few KB that were touched. Children that are started at the same moment each get their own.
static char *spare_stack;
static const size_t stack_size = 64 * 1024;

static char *take_stack(void)
{
    char *stack = __atomic_exchange_n(&spare_stack, NULL, __ATOMIC_ACQ_REL);
    return stack ? stack : mmap(NULL, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
}

static void keep_stack(char *stack)
{
    char *second = __atomic_exchange_n(&spare_stack, stack, __ATOMIC_ACQ_REL);
    if (second) munmap(second, stack_size);
}

// The new process's pid once its program runs, or -1 with stage and error set.
int32_t atoll_spawn(struct atoll_spawn *request)
{
    request->stage = 0;
    request->error = 0;
    if (is_full()) { request->stage = STAGE_FORK; request->error = EAGAIN; return -1; }
    char *stack = take_stack();
    if (stack == MAP_FAILED) { request->stage = STAGE_FORK; request->error = errno; return -1; }

    // No handler of ours may run in the child: it would run in the parent's memory.
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    int pid = clone(run_child, stack + stack_size, CLONE_VM | CLONE_VFORK | SIGCHLD, request);
    if (pid < 0) { request->stage = STAGE_FORK; request->error = errno; }
    sigprocmask(SIG_SETMASK, &before, NULL);
    keep_stack(stack);
    return request->stage ? -1 : pid;
}
