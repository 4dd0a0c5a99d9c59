// Shows a sandbox its own share of the machine, where the host's kernel would show all of it: cores, memory, disk.
//
//     files                          /proc/meminfo, /proc/stat, ... are mounts (FUSE) that one process serves: free, top, os.cpus()
//     system calls                   sched_getaffinity, sysinfo, statfs are answered by another, for a filter in process 1: nproc, sysconf, df
//
// Of gVisor's kernel, which shows all of this by itself, it answers fstatfs, and fgetxattr of links (show_disk).
//
// Two processes, since a file is looked at by the one that another answers for. Both are the host's, outside the sandbox's cgroups (who stands still must not keep others from reading)
// and invisible inside; they know the numbers from the sandbox's cgroups and quota, wait in the kernel while nobody asks, and end when the sandbox does. If one of them is killed, nothing
// hangs: reading fails with ENOTCONN, the calls with ENOSYS. They run with no right but over the sandbox's own processes.
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include "syscalls.h"
#include "view.h"

// An id inside that nobody has: not root, not "nobody".
enum { NOBODYS = 65533 };

// Only what the two need from here on; the rest is refused.
static void keep_calls(void) {
    static const int kept[] = {
        SYS_read, SYS_write, SYS_writev, SYS_openat, SYS_openat2, SYS_close, SYS_readlinkat, SYS_fstat, SYS_newfstatat, SYS_fstatfs, SYS_ioctl, SYS_ppoll, SYS_sched_getaffinity, SYS_sysinfo,
        SYS_process_vm_readv, SYS_process_vm_writev, SYS_setfsuid, SYS_setfsgid, SYS_recvmsg, SYS_clock_gettime, SYS_clock_nanosleep, SYS_restart_syscall, SYS_rt_sigreturn, SYS_exit_group,
#ifdef SYS_poll
        SYS_poll,
#endif
    };
    enum { COUNT = sizeof kept / sizeof *kept };
    struct sock_filter code[COUNT + 3] = { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)) };
    for (int i = 0; i < COUNT; i++) code[i + 1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)kept[i], (unsigned char)(COUNT - i), 0);
    code[COUNT + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    code[COUNT + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog filter = { COUNT + 3, code };
    check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs", "view");
    check(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0), "seccomp", "view");
}

static void keep_rights(uint64_t rights) {
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[2] = { { .effective = (uint32_t)rights, .permitted = (uint32_t)rights } };
    check((int)syscall(SYS_capset, &header, data), "capset", "view");
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    keep_calls();
}

// A session of its own, so that what ends the server's terminal does not end it.
static void leave_server(const char *name) {
    setsid();
    // Somebody waits for each answer, and there are never many (pace): soon, if the kernel has such a thing (Linux 6.12 takes the length of a turn).
    struct { uint32_t size, policy; uint64_t flags; int32_t nice; uint32_t priority; uint64_t runtime, deadline, period; } soon = { .size = 48, .nice = -10, .runtime = 100 * 1000 };
    syscall(SYS_sched_setattr, 0, &soon, 0);
    prctl(PR_SET_NAME, name, 0, 0, 0);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3; fd++) dup2(null, fd);
    close(null);
}

// Nothing of the server's, no file of the host's in sight.
static void become(const struct plan *plan, int user_ns, int inside_id, uint64_t rights, const char *name) {
    leave_server(name);
    enter_mounts(plan->mount_space);
    check(setns(user_ns, CLONE_NEWUSER), "setns", "view");
    close(user_ns);
    check(setgroups(0, 0), "setgroups", "view");
    check(setresgid(inside_id, inside_id, inside_id), "setresgid", "view");
    check(setresuid(inside_id, inside_id, inside_id), "setresuid", "view");
    keep_rights(rights);
}

void pace(void) {
    enum { AT_ONCE = 256, WINDOW = 100 * 1000 * 1000 };
    static struct timespec begun;
    static int count;
    if (++count < AT_ONCE) return;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long long passed = (now.tv_sec - begun.tv_sec) * 1000000000ll + now.tv_nsec - begun.tv_nsec;
    if (passed < WINDOW) clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec) { 0, WINDOW - passed }, 0);
    clock_gettime(CLOCK_MONOTONIC, &begun);
    count = 0;
}

static union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control;

static struct msghdr one_descriptor(struct iovec *byte) { return (struct msghdr) { .msg_iov = byte, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room }; }

static void hand_over(int to, int calls) {
    check(calls, "seccomp", "listener");
    struct iovec byte = { "", 1 };
    struct msghdr message = one_descriptor(&byte);
    control.head = (struct cmsghdr) { .cmsg_len = CMSG_LEN(sizeof calls), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
    memcpy(CMSG_DATA(&control.head), &calls, sizeof calls);
    check((int)sendmsg(to, &message, MSG_NOSIGNAL), "sendmsg", "listener");
    close(calls);
}

void hand_over_calls(int to) { hand_over(to, watch_calls(1)); }

static int receive_calls(int from) {
    char nothing;
    struct iovec byte = { &nothing, 1 };
    struct msghdr message = one_descriptor(&byte);
    int calls;
    // The end: process 1 ended before there was one.
    if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) != 1 || message.msg_controllen != sizeof control.room) _exit(0);
    memcpy(&calls, CMSG_DATA(&control.head), sizeof calls);
    close(from);
    return calls;
}

static void close_all(const int *descriptors) {
    for (int i = 0; i < VIEW_FILES; i++) if (descriptors[i] >= 0) close(descriptors[i]);
}

struct view start_view(const struct plan *plan, int user_ns) {
    struct seen seen = see_all(plan);
    int devices[VIEW_FILES], ends[2];
    struct view view;
    for (int i = 0; i < VIEW_FILES; i++) {
        view.files[i] = -1;
        if ((devices[i] = open("/dev/fuse", O_RDWR | O_CLOEXEC)) < 0) continue;
        char options[128];
        snprintf(options, sizeof options, "fd=%d,rootmode=100444,user_id=%u,group_id=%u,allow_other,default_permissions", devices[i], plan->first_uid, plan->first_uid);
        view.files[i] = file_system("fuse", "f", options);
    }
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "socketpair", "view");
    pid_t pid = fork();
    check(pid, "fork", "view");
    if (pid == 0) {
        // Held here as well, a connection would not end with the process that serves it.
        close_all(devices);
        close_all(view.files);
        close(ends[0]);
        become(plan, user_ns, 0, 1ull << CAP_SYS_PTRACE | 1ull << CAP_SETUID | 1ull << CAP_SETGID | 1ull << CAP_DAC_READ_SEARCH, "atoll-calls");
        serve_calls(&seen, receive_calls(ends[1]));
    }
    close(ends[1]);
    view.calls = ends[0];
    if (devices[0] >= 0) {
        check(pid = fork(), "fork", "view");
        if (pid == 0) {
            close_all(view.files);
            close(ends[0]);
            become(plan, user_ns, NOBODYS, 0, "atoll-files");
            serve_files(&seen, devices);
        }
        close_all(devices);
    }
    return view;
}

// Into a mount namespace with nothing in it but an empty folder.
static void leave_mounts(void) {
    check(unshare(CLONE_NEWNS), "unshare", "view");
    check(mount(0, "/", 0, MS_REC | MS_PRIVATE, 0), "make_private", "view");
    check(mount("none", "/proc", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k,nr_inodes=2"), "mount", "view");
    check(chdir("/proc"), "chdir", "view");
    check(sys_pivot_root(".", "."), "pivot_root", "view");
    check(umount2(".", MNT_DETACH), "umount", "view");
}

_Noreturn void show_disk(char **command) {
    int ends[2];
    check(sys_close_range(3, ~0u, 0), "close_range", "server");
    struct seen seen = see_disks_later();
    if (seen.proc >= 0 && !socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
        pid_t pid = fork();
        check(pid, "fork", "view");
        if (pid == 0) {
            close(ends[0]);
            leave_server("atoll-calls");
            leave_mounts();
            keep_rights(1ull << CAP_SYS_PTRACE | 1ull << CAP_DAC_READ_SEARCH);
            serve_calls(&seen, receive_calls(ends[1]));
        }
        close(ends[1]);
        hand_over(ends[0], watch_calls(0));
    }
    execv(command[0], command);
    fail("execve", command[0]);
}
