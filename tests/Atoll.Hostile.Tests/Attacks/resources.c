// What a program inside takes of what it shares with others. Each ends by itself: by a refusal, a count or the clock.
#include "attack.h"
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <pthread.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>

static double seconds(int argc, char **argv, int index, double otherwise) { return argc > index ? atof(argv[index]) : otherwise; }

static void report(const char *label, long count, long result) {
    snprintf(note, sizeof note, "%ld", count);
    if (result < 0) printf("%s refused %s after %ld\n", label, strerrorname_np(errno), count);
    else printf("%s done %ld\n", label, count);
    fflush(stdout);
}

// Every process forks as often as it can, in a group that its first ancestor ends.
static void fork_bomb(int argc, char **argv) {
    double until = attack_now() + seconds(argc, argv, 0, 2);
    int *refused = mmap(0, sizeof *refused, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t first = fork();
    if (first == 0) {
        setpgid(0, 0);
        while (attack_now() < until) if (fork() < 0) __atomic_fetch_add(refused, 1, __ATOMIC_RELAXED);
        _exit(0);
    }

    while (attack_now() < until) usleep(50000);
    for (int i = 0; i < 200 && kill(-first, SIGKILL) == 0; i++) {
        usleep(10000);
        while (waitpid(-1, 0, WNOHANG) > 0) { }
    }

    errno = EAGAIN;
    report("forks", *refused, *refused ? -1 : 0);
}

static void *sleeper(void *unused) {
    (void)unused;
    for (;;) pause();
    return 0;
}

static void thread_bomb(int argc, char **argv) {
    (void)argc, (void)argv;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    long made = 0;
    int error = 0;
    pthread_t thread;
    for (; made < 5000 && (error = pthread_create(&thread, &small, sleeper, 0)) == 0; made++) { }
    errno = error;
    report("threads", made, error ? -1 : 0);
    _exit(0);
}

enum { MEGABYTE = 1 << 20 };

static long eat(const char *kind, long most) {
    static char block[MEGABYTE];
    memset(block, 'x', sizeof block);
    long eaten = 0;
    if (!strcmp(kind, "malloc")) {
        for (; eaten < most; eaten++) {
            char *more = mmap(0, MEGABYTE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            if (more == MAP_FAILED) return eaten;
            memset(more, 1, MEGABYTE);
        }
    } else if (!strcmp(kind, "pipes")) {
        // What lies in them, not how many there are: beyond a user's share the kernel makes them of a page.
        long put = 0, once;
        for (long made = 0; made < most; made++) {
            int ends[2];
            if (pipe2(ends, O_NONBLOCK)) break;
            fcntl(ends[1], F_SETPIPE_SZ, MEGABYTE);
            while ((once = write(ends[1], block, 65536)) > 0) put += once;
        }

        return put >> 20;
    } else {
        int fd = !strcmp(kind, "memfd") ? (int)syscall(SYS_memfd_create, "x", 0) : open(!strcmp(kind, "shm") ? "/dev/shm/hostile" : "/tmp/hostile-cache", O_RDWR | O_CREAT | O_TRUNC, 0600);
        if (fd < 0) return 0;
        for (; eaten < most; eaten++) if (write(fd, block, MEGABYTE) < MEGABYTE) return eaten;
        // The page cache again, as readers see it.
        for (lseek(fd, 0, SEEK_SET); read(fd, block, MEGABYTE) > 0;) { }
    }

    errno = 0;
    return eaten;
}

// ARGS: the kind, and how many MiB at most.
static void memory(int argc, char **argv) {
    const char *kind = argc > 0 ? argv[0] : "malloc";
    long most = argc > 1 ? atol(argv[1]) : 256;
    pid_t child = fork();
    if (child == 0) {
        errno = 0;
        long eaten = eat(kind, most);
        report("memory", eaten, eaten < most ? -1 : 0);
        _exit(7);
    }

    int status = 0;
    waitpid(child, &status, 0);
    unlink("/dev/shm/hostile");
    unlink("/tmp/hostile-cache");
    if (WIFSIGNALED(status)) printf("memory refused SIG%s\n", sigabbrev_np(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != 7) printf("memory refused exit-%d\n", WEXITSTATUS(status));
}

static void disk(int argc, char **argv) {
    static char block[MEGABYTE];
    long most = argc > 0 ? atol(argv[0]) : 256, written = 0;
    // What does not compress.
    unsigned state = 1;
    for (unsigned i = 0; i < sizeof block; i++) block[i] = (state = state * 1103515245 + 12345) >> 16;
    int fd = open("/tmp/hostile-fill", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int bad = 0;
    for (; written < most && !bad; written++) {
        for (unsigned i = 0; i < sizeof block; i += 4096) block[i] = (char)(state = state * 1103515245 + 12345);
        bad = write(fd, block, sizeof block) < (ssize_t)sizeof block || (written % 16 == 15 && fsync(fd));
    }

    if (!bad) bad = fsync(fd) != 0;
    report("fill", written, bad ? -1 : 0);
    close(fd);
    unlink("/tmp/hostile-fill");
}

static void inodes(int argc, char **argv) {
    long most = argc > 0 ? atol(argv[0]) : 20000, made = 0;
    double until = attack_now() + seconds(argc, argv, 1, 4);
    mkdir("/tmp/hostile-inodes", 0700);
    int folder = open("/tmp/hostile-inodes", O_RDONLY | O_DIRECTORY), bad = 0;
    char name[32];
    for (; made < most && attack_now() < until && !bad; made++) {
        snprintf(name, sizeof name, "%ld", made);
        int fd = openat(folder, name, O_WRONLY | O_CREAT, 0600);
        bad = fd < 0;
        if (!bad) close(fd);
    }

    report("inodes", made, bad ? -1 : 0);
}

// ARGS: where. As large as the file system lets it be: 16 TB less a page on most.
static void sparse(int argc, char **argv) {
    const char *path = argc ? argv[0] : "/tmp/hostile-sparse";
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
    off_t size = (16ll << 40) - 4096;
    int result = ftruncate(fd, size);
    report("sparse", size >> 20, result);
    report("sparse-write", 1, pwrite(fd, "x", 1, size - 1) == 1 ? 0 : -1);
}

// Processes at a time, each with all that it may open.
static void descriptors(int argc, char **argv) {
    int processes = argc > 0 ? atoi(argv[0]) : 4;
    double until = attack_now() + seconds(argc, argv, 1, 2);
    for (int i = 0; i < processes; i++) {
        if (fork()) continue;
        long opened = 0;
        while (attack_now() < until && open("/dev/null", O_RDONLY) >= 0) opened++;
        report("descriptors", opened, attack_now() < until ? -1 : 0);
        while (attack_now() < until) usleep(20000);
        _exit(0);
    }

    while (wait(0) > 0) { }
}

static void flood(int argc, char **argv) {
    static char block[65536];
    memset(block, 'x', sizeof block);
    for (double until = attack_now() + seconds(argc, argv, 0, 3); attack_now() < until;) if (write(1, block, sizeof block) < 0) break;
}

// Children that nobody waits for, and grandchildren that process 1 must wait for.
static void zombies(int argc, char **argv) {
    long made = 0, most = argc > 1 ? atol(argv[1]) : 100000;
    for (double until = attack_now() + seconds(argc, argv, 0, 2); attack_now() < until && made < most;) {
        pid_t child = fork();
        if (child == 0) {
            if (fork() >= 0) _exit(0);
            _exit(0);
        }

        if (child < 0) while (waitpid(-1, 0, WNOHANG) > 0) { }
        made += child > 0;
    }

    report("zombies", made, 0);
}

// What does not want to end: a daemon in a session of its own, deaf to all that can be ignored, and one in uninterruptible sleep.
static void stubborn(int argc, char **argv) {
    (void)argc, (void)argv;
    pid_t one = fork();
    if (one == 0) {
        setsid();
        if (fork()) _exit(0);
        for (int signal = 1; signal < 65; signal++) sigaction(signal, &(struct sigaction){ .sa_handler = SIG_IGN }, 0);
        for (;;) pause();
    }

    waitpid(one, 0, 0);
    if (fork() == 0) {
        setsid();
        // The parent sleeps until the child has ended, and the child does not.
        if (syscall(SYS_vfork) == 0) for (;;) syscall(SYS_pause);
        _exit(0);
    }

    report("stubborn", 2, 0);
}

static void spin(int argc, char **argv) {
    double until = attack_now() + seconds(argc, argv, 0, 2);
    int processes = argc > 1 ? atoi(argv[1]) : 8;
    for (int i = 0; i < processes; i++) if (fork() == 0) {
        while (attack_now() < until) for (volatile int n = 0; n < 100000; n++) { }
        _exit(0);
    }

    while (wait(0) > 0) { }
    report("spin", processes, 0);
}

static void fsyncs(int argc, char **argv) {
    long count = 0;
    int fd = open("/tmp/hostile-fsync", O_WRONLY | O_CREAT, 0600);
    for (double until = attack_now() + seconds(argc, argv, 0, 2); attack_now() < until; count++) {
        if (pwrite(fd, &count, sizeof count, (count % 1024) * 4096) < 0) break;
        fsync(fd);
    }

    report("fsyncs", count, 0);
}

static void netlinks(int argc, char **argv) {
    long count = 0;
    static char answer[65536];
    static const unsigned short dumps[] = { RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETNEIGH, RTM_GETRULE };
    for (double until = attack_now() + seconds(argc, argv, 0, 2); attack_now() < until; count++) {
        int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, 0);
        if (fd < 0) break;
        struct { struct nlmsghdr head; struct rtgenmsg ask; } dump = { { sizeof dump, dumps[count % 5], NLM_F_REQUEST | NLM_F_DUMP, 1, 0 }, { AF_UNSPEC } };
        if (send(fd, &dump, sizeof dump, 0) < 0) { close(fd); continue; }
        while (recv(fd, answer, sizeof answer, 0) > 0) { }
        close(fd);
    }

    report("netlinks", count, 0);
}

static void inotifies(int argc, char **argv) {
    (void)argc, (void)argv;
    long instances = 0, watches = 0;
    int fd, last = -1;
    for (; instances < 2000 && (fd = inotify_init1(IN_NONBLOCK)) >= 0; instances++) last = fd;
    report("inotify-instances", instances, instances < 2000 ? -1 : 0);
    errno = 0;
    char path[64];
    int bad = 0;
    for (; watches < 20000 && !bad; watches++) {
        snprintf(path, sizeof path, "/tmp/hostile-watch-%ld", watches);
        mkdir(path, 0700);
        bad = inotify_add_watch(last, path, IN_ALL_EVENTS) < 0;
        if (watches > 3000) break;
    }

    report("inotify-watches", watches, bad ? -1 : 0);
}

// ARGS: an IPv4 address, how many flows, seconds.
static void flows(int argc, char **argv) {
    struct sockaddr_in to = { .sin_family = AF_INET };
    if (argc < 1 || inet_pton(AF_INET, argv[0], &to.sin_addr) != 1) return;
    long most = argc > 1 ? atol(argv[1]) : 10000, sent = 0, refused = 0;
    double until = attack_now() + seconds(argc, argv, 2, 4);
    while (sent + refused < most && attack_now() < until) {
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        for (int port = 1; port <= 64; port++) {
            to.sin_port = htons(1024 + port);
            if (sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof to) == 1) sent++;
            else refused++;
        }

        close(fd);
    }

    report("flows", sent, 0);
}

// ARGS: the name server, seconds.
static void names(int argc, char **argv) {
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(53) };
    if (argc < 1 || inet_pton(AF_INET, argv[0], &to.sin_addr) != 1) return;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    long sent = 0;
    char answer[512];
    for (double until = attack_now() + seconds(argc, argv, 1, 2); attack_now() < until;) {
        unsigned char ask[64] = { 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 8 };
        ask[0] = sent >> 8, ask[1] = sent;
        char label[9];
        snprintf(label, sizeof label, "%08lx", sent & 0xffffffff);
        memcpy(ask + 13, label, 8);
        memcpy(ask + 21, "\7invalid\0\0\1\0\1", 13);
        if (sendto(fd, ask, 34, 0, (struct sockaddr *)&to, sizeof to) > 0) sent++;
        while (recv(fd, answer, sizeof answer, 0) > 0) { }
    }

    report("names", sent, 0);
}

// The same with datagrams.
static void udp_memory(int argc, char **argv) {
    static char block[1400];
    long most = argc > 0 ? atol(argv[0]) : 600, put = 0;
    double until = attack_now() + seconds(argc, argv, 1, 3);
    int from = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), wanted = 32 * MEGABYTE;
    for (long made = 0; made < most && attack_now() < until; made++) {
        struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t length = sizeof here;
        int to = socket(AF_INET, SOCK_DGRAM, 0);
        if (to < 0 || bind(to, (struct sockaddr *)&here, length) || getsockname(to, (struct sockaddr *)&here, &length)) break;
        setsockopt(to, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
        for (int i = 0; i < 2000 && sendto(from, block, sizeof block, 0, (struct sockaddr *)&here, length) > 0; i++) put += sizeof block;
    }

    report("udp-memory", put >> 20, 0);
    while (attack_now() < until) usleep(20000);
}

static void lookups(int argc, char **argv) {
    long count = 0;
    char path[64];
    struct stat unused;
    for (double until = attack_now() + seconds(argc, argv, 0, 2); attack_now() < until; count++) {
        snprintf(path, sizeof path, "/tmp/hostile-none-%ld-%d", count, getpid());
        stat(path, &unused);
    }

    report("lookups", count, 0);
}

// Fills what may lie in the buffers of connections to itself, on which nobody reads, and holds it. ARGS: connections at most, seconds.
static void tcp_memory(int argc, char **argv) {
    static char block[MEGABYTE];
    long most = argc > 0 ? atol(argv[0]) : 600, made = 0, put = 0;
    double until = attack_now() + seconds(argc, argv, 1, 3);
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof here;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&here, length) || listen(listener, 4096) || getsockname(listener, (struct sockaddr *)&here, &length)) return;
    for (; made < most && attack_now() < until; made++) {
        int to = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), from = -1, wanted = 32 * MEGABYTE;
        if (to < 0) break;
        setsockopt(to, SOL_SOCKET, SO_SNDBUF, &wanted, sizeof wanted);
        if (connect(to, (struct sockaddr *)&here, length) && errno != EINPROGRESS) break;
        if ((from = accept(listener, 0, 0)) < 0) break;
        setsockopt(from, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
        for (long once; attack_now() < until && (once = write(to, block, sizeof block)) > 0;) put += once;
    }

    report("tcp-memory", put >> 20, 0);
    while (attack_now() < until) usleep(20000);
}

const struct attack resource_attacks[] = {
    { "fork-bomb", fork_bomb }, { "thread-bomb", thread_bomb }, { "memory", memory }, { "disk", disk }, { "inodes", inodes }, { "sparse", sparse }, { "descriptors", descriptors },
    { "flood", flood }, { "zombies", zombies }, { "stubborn", stubborn }, { "spin", spin }, { "fsyncs", fsyncs }, { "netlinks", netlinks }, { "inotifies", inotifies }, { "flows", flows },
    { "names", names }, { "lookups", lookups }, { "tcp-memory", tcp_memory }, { "udp-memory", udp_memory }, { 0, 0 },
};
