#define _GNU_SOURCE
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const uint32_t administration = 1u << CAP_SYS_ADMIN;

// ---- Cores ----

// gVisor's kernel never counts fewer than two cores of its own accord, and it should not: with one, its threads wait for each other's turns, and a command takes twice as long (20240729). So what may use
// less is shown less, wherever programs ask: by the cores that process 1, and with it everything that it starts, may run on, which that kernel takes note of and does nothing about; and by texts of our
// own over those that count the cores. Nothing in gVisor's changes later: all the times that its /proc/stat tells are 0.
enum { MOST_TEXT = 1 << 20 };
static const char staged[] = "/dev/.atoll-cores";

// Leaves out the lines about the cores after the first ones ("cpu1 ..." of /proc/stat, and what follows "processor : 1" in /proc/cpuinfo), and counts the first ones in the lines that count.
static size_t keep_cores(char *text, size_t length, long cores)
{
    size_t kept = 0;
    int hidden = 0;
    for (size_t start = 0, end; start < length; start = end)
    {
        const char *line = text + start, *newline = memchr(line, '\n', length - start);
        end = newline ? (size_t)(newline - text) + 1 : length;
        if (strncmp(line, "processor", 9) == 0) hidden = strtol(line + strcspn(line, "0123456789\n"), NULL, 10) >= cores;
        const int counts = strncmp(line, "cpu", 3) == 0 && line[3] >= '0' && line[3] <= '9';
        if (hidden || (counts && strtol(line + 3, NULL, 10) >= cores)) continue;
        if (strncmp(line, "siblings", 8) == 0 || strncmp(line, "cpu cores", 9) == 0)
        {
            // No longer than it was, as there are no more of them than there were.
            char number[16];
            const size_t name = strcspn(line, "0123456789\n"), digits = (size_t)snprintf(number, sizeof number, "%ld\n", cores);
            memmove(text + kept, line, name);
            memcpy(text + kept + name, number, digits);
            kept += name + digits;
            continue;
        }
        memmove(text + kept, line, end - start);
        kept += end - start;
    }
    return kept;
}

static size_t read_text(const char *path, char *text)
{
    size_t length = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    for (ssize_t got; length < MOST_TEXT && (got = read(fd, text + length, MOST_TEXT - length)) > 0;) length += (size_t)got;
    close(fd);
    text[length] = 0;
    return length;
}

// A file without a name, in the one file system that is in memory and never the image's.
static void show_text(const char *path, const char *text, size_t length)
{
    int fd = length == 0 ? -1 : open(staged, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    if (fd < 0) return;
    if (write(fd, text, length) == (ssize_t)length) (void)mount(staged, path, NULL, MS_BIND, NULL);
    close(fd);
    unlink(staged);
}

static void show_cores(void)
{
    const char *told = getenv("ATOLL_CORES");
    const long cores = told ? strtol(told, NULL, 10) : 0;
    cpu_set_t may;
    if (cores <= 0 || cores >= CPU_SETSIZE || sched_getaffinity(0, sizeof may, &may) != 0 || CPU_COUNT(&may) <= cores) return;

    CPU_ZERO(&may);
    for (long core = 0; core < cores; core++) CPU_SET(core, &may);
    if (sched_setaffinity(0, sizeof may, &may) != 0) return;

    char *text = mmap(NULL, MOST_TEXT + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (text == MAP_FAILED) return;
    static const char *const counting[] = { "/proc/cpuinfo", "/proc/stat" };
    for (size_t i = 0; i < sizeof counting / sizeof *counting; i++) show_text(counting[i], text, keep_cores(text, read_text(counting[i], text), cores));
    show_text("/sys/devices/system/cpu/online", text, (size_t)snprintf(text, MOST_TEXT, cores == 1 ? "0\n" : "0-%ld\n", cores - 1));
    munmap(text, MOST_TEXT + 1);
}

// Nothing else refuses it where process 1 may have it (OciSpecBuilder leaves it out of the profile), and whoever makes himself a namespace of users would have the right to it in there. The profile lets
// calls of this architecture alone through, so that the number is enough. What is restored has the filter, as it has all that belongs to a thread.
static void give_up_mounts(void)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mount, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = { sizeof rules / sizeof *rules, rules };
    static const char words[] = "atoll-agent: the call that mounts cannot be given up\n";
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0) return;
    if (write(2, words, sizeof words - 1) < 0) { /* nobody reads it */ }
    _exit(75);
}

// ---- The host's name ----

// A sandbox that is restored under another id must be given its name, and sethostname(2) wants a right that nothing else in here may have. So one thread keeps it, made before all others, which
// does nothing but wait for a name; process 1 gives it up, and with it everything that process 1 starts. Where the launcher grants no such right, there is no such thread.
static sem_t name_asked, name_answered;
static char asked_name[65];
static int32_t asked_length, name_result;
static int renamer_runs;

static void *rename_hosts(void *unused)
{
    (void)unused;
    while (1)
    {
        while (sem_wait(&name_asked) != 0) { }
        name_result = sethostname(asked_name, (size_t)asked_length) == 0 ? 0 : -errno;
        sem_post(&name_answered);
    }
    return NULL;
}

static void start_renamer(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 128 * 1024);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sem_init(&name_asked, 0, 0);
    sem_init(&name_answered, 0, 0);
    renamer_runs = pthread_create(&thread, &attributes, rename_hosts, NULL) == 0;
    pthread_attr_destroy(&attributes);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

// One caller at a time.
int32_t atoll_rename(const char *name, int32_t length)
{
    if (length < 0 || length >= (int32_t)sizeof asked_name) return -EINVAL;
    if (!renamer_runs) return sethostname(name, (size_t)length) == 0 ? 0 : -errno;
    memcpy(asked_name, name, (size_t)length);
    asked_length = length;
    sem_post(&name_asked);
    while (sem_wait(&name_answered) != 0) { }
    return name_result;
}

void prepare_kernel(void)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct sets[2];
    if (syscall(SYS_capget, &header, sets) != 0 || !(sets[0].effective & administration)) return;

    show_cores();
    give_up_mounts();
    start_renamer();
    prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN, 0, 0, 0);
    sets[0].effective &= ~administration;
    sets[0].permitted &= ~administration;
    sets[0].inheritable &= ~administration;
    syscall(SYS_capset, &header, sets);
}
