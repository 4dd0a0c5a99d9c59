// Starts process 1 of one sandbox and ends: the whole of what isolation "container" needs the host's root for.
//
//     atoll-launcher < plan > answer
//     atoll-launcher --disk SCORE COMMAND...      runs an OCI runtime whose file server shows the sandbox's own disk (view.c); SCORE is that of out of memory
//
// One line is the answer: "ok PID TICKS", the process on the host and its start time (field 22 of /proc/PID/stat), or "error ERRNO STEP SUBJECT".
// The plan's form is in plan.c. Cgroups with their limits, the root file system and the network namespace exist before; their removal is the server's.
//
//     launcher (host's root)                     process 1
//     makes the user namespace
//     starts what shows it its own limits                                                     view.c
//     joins the cgroups, the network namespace
//     listens for process 1
//     opens root file system and volumes, ids mapped
//     enters an empty mount namespace
//     clone3: new pid, mount, ipc, uts ------->  new cgroup namespace; hostname
//     waits                                      builds the file system, pivots into it       inside.c
//                                                limits, user namespace, capabilities, filter drop.c
//     reads "" (the pipe closes by itself) <---  exec
//     answers and ends; process 1 goes to init
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "launcher.h"
#include "syscalls.h"

static struct plan plan;

static void set_oom_score(int score) {
    char text[16];
    int length = snprintf(text, sizeof text, "%d", score), fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    check(fd, "open", "/proc/self/oom_score_adj");
    // By someone who may lower it again, which makes it the least that anything inside can set.
    check((int)write(fd, text, length), "write", "/proc/self/oom_score_adj");
    close(fd);
}

_Noreturn static void be_process_one(int root, int guest, int user_ns, int listening, const int work[2], struct view view) {
    check(unshare(CLONE_NEWCGROUP), "unshare", "cgroup namespace");
    check(sethostname(plan.hostname, strlen(plan.hostname)), "sethostname", plan.hostname);
    build_inside(&plan, root, guest, view.files);
    drop_everything(&plan, user_ns, listening, work, view.calls);
    execve(plan.argv[0], plan.argv, plan.env);
    fail("execve", plan.argv[0]);
}

// Field N of /proc/PID/stat, proc_pid_stat(5). The name in parentheses may hold anything: fields are counted from the last one, which field 3 follows.
static unsigned long long stat_field(const char *stat, int number) {
    const char *rest = strrchr(stat, ')');
    unsigned long long value;
    for (int field = 2; rest && field < number; field++) rest = strchr(rest + 1, ' ');
    if (!rest || sscanf(rest, "%llu", &value) != 1) fail_with(EINVAL, "parse", "/proc/PID/stat");
    return value;
}

// The pipe closes by itself when process 1 runs its program, but also when it is killed on the way there: the kernel knows which (PF_FORKNOEXEC, field 9).
static unsigned long long await_start(int proc, pid_t pid, int ready) {
    enum { FLAGS = 9, START_TICKS = 22, NEVER_RAN_A_PROGRAM = 0x40 };
    char text[1024];
    ssize_t length;
    while ((length = read(ready, text, sizeof text)) < 0 && errno == EINTR) { }
    check((int)length, "read", "process 1");
    if (length > 0) {
        if (write(1, text, length) != length) _exit(2);
        _exit(1);
    }
    char path[64];
    snprintf(path, sizeof path, "%d/stat", pid);
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    check(fd, "open", path);
    check((int)(length = read(fd, text, sizeof text - 1)), "read", path);
    text[length] = 0;
    if (stat_field(text, FLAGS) & NEVER_RAN_A_PROGRAM) fail_with(0, "start", "process 1 was killed before it ran its program");
    return stat_field(text, START_TICKS);
}

int main(int argc, char **argv) {
    if (argc > 3 && !strcmp(argv[1], "--disk")) {
        set_oom_score(atoi(argv[2]));
        show_disk(argv + 3);
    }
    plan_read(&plan);
    check(sys_close_range(3, ~0u, 0), "close_range", "server");
    set_oom_score(plan.oom_score);
    int user_ns = user_namespace(plan.first_uid);
    struct view view = start_view(&plan, user_ns);
    enter_groups(&plan);
    enter_network(plan.network);
    int listening = listener(plan.port), root = root_tree(&plan, user_ns), guest = guest_tree(&plan), ready[2];
    volume_trees(&plan, user_ns);
    int work[2];
    open_work(&plan, work);
    int group = open_group(&plan), proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    check(proc, "open", "/proc");
    check(pipe2(ready, O_CLOEXEC), "pipe2", "ready");

    enter_mounts(plan.mount_space);
    pid_t pid = split(group);
    if (pid == 0) {
        report_to = ready[1];
        be_process_one(root, guest, user_ns, listening, work, view);
    }
    close(ready[1]);
    unsigned long long ticks = await_start(proc, pid, ready[0]);
    dprintf(1, "ok %d %llu\n", pid, ticks);
    return 0;
}
