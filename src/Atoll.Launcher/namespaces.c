// The namespaces and cgroups that process 1 begins in. All but the user namespace belong to the host's root, so that nothing inside has any power over them.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include "launcher.h"
#include "syscalls.h"

_Noreturn static int wait_for_ever(void *unused) {
    (void)unused;
    for (;;) pause();
}

static void write_map(pid_t pid, const char *file, uint32_t first) {
    char path[64], map[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
    int length = snprintf(map, sizeof map, "0 %u %u\n", first, RANGE);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    check(fd, "open", path);
    check((int)write(fd, map, length), "write_map", path);
    close(fd);
}

// For this thread alone and without the C library's help: it would drop the rights with the id, and Debian's kernels have a switch by which making a user namespace needs one.
static void act_as(uid_t uid) {
    check((int)syscall(SYS_setresuid, -1, uid, -1), "setresuid", "owner of the user namespace");
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[2];
    check((int)syscall(SYS_capget, &header, data), "capget", "owner of the user namespace");
    for (int i = 0; i < 2; i++) data[i].effective = data[i].permitted;
    check((int)syscall(SYS_capset, &header, data), "capset", "owner of the user namespace");
}

// A namespace lives as long as someone holds it, and is made by being entered: so a helper that shares our memory enters one, and is killed when we hold it.
// What its users take of the kernel by count (inotify, timers, pending signals, message queues, locked memory) is charged to whoever made it as well: were that the host's root, all
// sandboxes and the host's services would share root's limits. So it is made by an id of the sandbox's own range, which nothing outside has.
int user_namespace(uint32_t first_uid) {
    static char stack[16384] __attribute__((aligned(16)));
    act_as(first_uid);
    pid_t helper = clone(wait_for_ever, stack + sizeof stack, CLONE_NEWUSER | CLONE_VM | SIGCHLD, 0);
    check(helper, "clone_user", "user namespace");
    act_as(0);
    write_map(helper, "uid_map", first_uid);
    write_map(helper, "gid_map", first_uid);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/user", helper);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    check(fd, "open", path);
    kill(helper, SIGKILL);
    check(waitpid(helper, 0, 0), "waitpid", "user namespace");
    return fd;
}

void enter_network(const char *path) {
    if (!*path) {
        check(unshare(CLONE_NEWNET), "unshare", "network namespace");
        return;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    check(fd, "open", path);
    check(setns(fd, CLONE_NEWNET), "setns", path);
    close(fd);
}

// Process 1 finds it as its standard input: whoever calls it before it is there waits in the queue, and need not try again. No IPv6: a sandbox has none.
int listener(uint16_t port) {
    if (!port) return -1;
    enum { QUEUE = 512 };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    check(fd, "socket", "port");
    check(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "setsockopt", "port");
    struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(port) };
    check(bind(fd, (struct sockaddr *)&any, sizeof any), "bind", "port");
    check(listen(fd, QUEUE), "listen", "port");
    return fd;
}

// v1: the launcher itself goes in, and its children begin there. "0" in tasks means the writer, for whom the kernel takes no lock that all of the host shares.
void enter_groups(const struct plan *plan) {
    for (int i = 0; i < plan->n_groups; i++) {
        char path[4096];
        if (snprintf(path, sizeof path, "%s/tasks", plan->groups[i]) >= (int)sizeof path) fail_with(ENAMETOOLONG, "cgroup", plan->groups[i]);
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        check(fd, "open", path);
        check((int)write(fd, "0", 1), "join_cgroup", path);
        close(fd);
    }
}

// Who may move is decided by who has opened the file: process 1 needs no right for it. Files and never the folder, from which there would be ways up.
void open_work(const struct plan *plan, int work[2]) {
    work[0] = work[1] = -1;
    if (!plan->work_join || !plan->work_count) return;
    check(work[0] = open(plan->work_join, O_WRONLY | O_CLOEXEC), "open", plan->work_join);
    check(work[1] = open(plan->work_count, O_RDONLY | O_CLOEXEC), "open", plan->work_count);
}

int open_group(const struct plan *plan) {
    if (!plan->group) return -1;
    int fd = open(plan->group, O_PATH | O_DIRECTORY | O_CLOEXEC);
    check(fd, "open", plan->group);
    return fd;
}

// A new mount namespace is a copy of the one its maker is in, and a host with many sandboxes has hundreds of mounts: 2 us for each of them to copy it and to let it go again.
// From here on no path of the host's can be found.
void enter_mounts(const char *path) {
    if (!path) return;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    check(fd, "open", path);
    check(setns(fd, CLONE_NEWNS), "setns", path);
    close(fd);
}

// fork(2) into new namespaces and, with v2, straight into the cgroup: there is no moment at which the child runs outside.
pid_t split(int group) {
    struct clone_args args = { .flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS, .exit_signal = SIGCHLD };
    if (group >= 0) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (uint64_t)group;
    }
    pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    check(pid, "clone3", group >= 0 ? "namespaces and cgroup" : "namespaces");
    return pid;
}
