// Things that the kernel counts, by user or for all together.
#include "attack.h"
#include <linux/aio_abi.h>
#include <mqueue.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/mman.h>

enum { MOST = 200000 };

static long take_inotify(int number) {
    (void)number;
    return inotify_init1(IN_CLOEXEC);
}

static long take_timer(int number) {
    (void)number;
    struct sigevent quiet = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
    int timer;
    return syscall(SYS_timer_create, CLOCK_MONOTONIC, &quiet, &timer);
}

static long take_queue(int number) {
    char name[64];
    snprintf(name, sizeof name, "/hostile-%d-%d", getpid(), number);
    mqd_t queue = mq_open(name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600, 0);
    if (queue >= 0) mq_unlink(name);
    return queue;
}

static long take_terminal(int number) {
    (void)number;
    return open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
}

static long take_aio(int number) {
    (void)number;
    aio_context_t context = 0;
    return syscall(SYS_io_setup, 1024, &context);
}

static long take_epoll(int number) {
    (void)number;
    static int poll = -1, watched = -1;
    if (poll < 0) poll = epoll_create1(EPOLL_CLOEXEC);
    // One file by so many numbers: each is a watch.
    int ends[2];
    if (watched < 0 && pipe(ends) == 0) watched = ends[0];
    int copy = dup(watched);
    struct epoll_event event = { .events = EPOLLIN };
    return copy < 0 ? -1 : epoll_ctl(poll, EPOLL_CTL_ADD, copy, &event);
}

static const struct { const char *name; long (*take)(int number); } things[] = {
    { "inotify", take_inotify }, { "timer", take_timer }, { "queue", take_queue }, { "terminal", take_terminal }, { "aio", take_aio }, { "epoll", take_epoll },
};

// ARGS: for how many seconds to take, for how many to hold. Takes all there is of each, each in a process of its own, and says so.
static void hoard(int argc, char **argv) {
    double enough = attack_now() + (argc > 0 ? atof(argv[0]) : 2), until = attack_now() + (argc > 1 ? atof(argv[1]) : 10);
    for (unsigned i = 0; i < sizeof things / sizeof *things; i++) {
        if (fork()) continue;
        long taken = 0;
        int more = 1;
        while (more && attack_now() < enough && taken < MOST) taken += more = things[i].take(taken) >= 0;
        if (more) printf("%s done %ld\n", things[i].name, taken);
        else printf("%s refused %s after %ld\n", things[i].name, strerrorname_np(errno), taken);
        fflush(stdout);
        while (attack_now() < until) usleep(20000);
        _exit(0);
    }

    while (wait(0) > 0) { }
}

// One of each, as any program wants it.
static void want(int argc, char **argv) {
    (void)argc, (void)argv;
    for (unsigned i = 0; i < sizeof things / sizeof *things; i++) TRY(things[i].name, things[i].take(0));
}

// The questions how large the machine is, wrongly asked, by processes that are killed while they ask. ARGS: seconds.
static void sizes(int argc, char **argv) {
    double until = attack_now() + (argc > 0 ? atof(argv[0]) : 2);
    char *pages = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(pages + 4096, 4096);
    memset(pages, '/', 4096);
    memcpy(pages, "/proc/self/root/../..", 21);
    long rounds = 0;
    for (; attack_now() < until; rounds++) {
        pid_t child = fork();
        if (child == 0) for (unsigned i = 0;; i++) {
            void *wrong[] = { 0, (void *)-1, (void *)8, pages + 4090, (void *)sizes, (void *)0x7fffffffffff };
            void *to = wrong[i % 6], *from = wrong[i / 6 % 6];
            syscall(SYS_sched_getaffinity, i % 7 - 3, (long[]) { 0, 1, 8, 7, 1 << 20, -8 }[i % 6], to);
            syscall(SYS_sysinfo, to);
            syscall(SYS_statfs, i % 3 ? pages : from, to);
            syscall(SYS_fstatfs, (int)(i % 9) - 3, to);
            chdir(i % 2 ? "/" : "/proc/self/fd");
        }

        usleep(3000);
        if (child > 0) kill(child, SIGKILL);
        if (child > 0) waitpid(child, 0, 0);
    }

    char answer[4096];
    if (syscall(SYS_statfs, "/", answer) || syscall(SYS_sysinfo, answer) || syscall(SYS_sched_getaffinity, 0, sizeof answer, answer) < 8) printf("sizes hung\n");
    else printf("sizes done %ld\n", rounds);
}

const struct attack kernel_attacks[] = { { "hoard", hoard }, { "want", want }, { "sizes", sizes }, { 0, 0 } };
