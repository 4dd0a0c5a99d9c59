// The few system calls by which programs ask how large the machine is. A filter of process 1, which everything inside inherits, has the kernel ask here instead (seccomp_unotify(2)).
// What is not about the sandbox's own limits, or cannot be answered, goes on to the kernel as if nothing had been asked. Nothing is decided here that keeps anybody from anything.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include "syscalls.h"
#include "view.h"

enum { GO_ON = 1 << 20, MASK_BYTES = 8192, LONGEST_PATH = 4096 };

// By the caller's thread, before anything of it has run; all of the calls, or those alone that a runtime makes in files' stead. Other architectures' calls are the main filter's to refuse.
int watch_calls(int all) {
    enum { FLAG_NEW_LISTENER = 1 << 3, FLAG_WAIT_KILLABLE = 1 << 5 };
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        all ? (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sched_getaffinity, 4, 0) : (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JA, 2, 0, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sysinfo, 5, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_statfs, 4, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fstatfs, 3, 0),
        all ? (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JA, 3, 0, 0) : (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fgetxattr, 2, 3),
        // The agent, which asks about itself while a start waits for it, may know.
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = { sizeof code / sizeof *code, code };
    int fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, FLAG_NEW_LISTENER | FLAG_WAIT_KILLABLE, &filter);
    // Linux before 5.19 has no way to keep signals from interrupting the question, upon which it is asked again.
    if (fd < 0 && errno == EINVAL) fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, FLAG_NEW_LISTENER, &filter);
    return fd;
}

// With the rights that we have over the sandbox's processes, and only those; a wrong address is the caller's error.
static int put(pid_t pid, uint64_t address, const void *data, size_t length) {
    struct iovec here = { (void *)data, length }, there = { (void *)address, length };
    return process_vm_writev(pid, &here, 1, &there, 1, 0) == (ssize_t)length ? 0 : errno == EFAULT ? -EFAULT : GO_ON;
}

static int get_path(pid_t pid, uint64_t address, char path[LONGEST_PATH]) {
    for (size_t length = 0; length < LONGEST_PATH;) {
        // To the end of the page: the next one need not be there.
        size_t part = 4096 - (address + length) % 4096;
        if (part > LONGEST_PATH - length) part = LONGEST_PATH - length;
        struct iovec here = { path + length, part }, there = { (void *)(address + length), part };
        if (process_vm_readv(pid, &here, 1, &there, 1, 0) != (ssize_t)part) return -1;
        if (memchr(path + length, 0, part)) return 0;
        length += part;
    }
    return -1;
}

static int is_caller(const struct seen *seen, pid_t caller, pid_t pid, uid_t *uid, gid_t *gid) {
    char name[32], text[4096], *line;
    snprintf(name, sizeof name, "%d/status", caller);
    int fd = openat(seen->proc, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    text[length < 0 ? 0 : length] = 0;
    if ((line = strstr(text, "\nUid:"))) sscanf(line, "\nUid: %*u %*u %*u %u", uid);
    if ((line = strstr(text, "\nGid:"))) sscanf(line, "\nGid: %*u %*u %*u %u", gid);
    if (pid == 0) return 1;
    static const char *const names[] = { "\nNSpid:", "\nNStgid:" };
    for (int i = 0; i < 2; i++) {
        if (!(line = strstr(text, names[i]))) continue;
        // One number for each namespace, the innermost last.
        char *end = strchr(line + 1, '\n'), *last = end;
        while (last && last > line && last[-1] != '\t' && last[-1] != ' ') last--;
        if (last && atoi(last) == pid) return 1;
    }
    return 0;
}

// As many cores as the sandbox has, of those that the thread may run on; which ones differs from sandbox to sandbox, since some programs bind their threads to what they see.
static int answer_affinity(const struct seen *seen, const struct seccomp_notif *call) {
    static unsigned long mask[MASK_BYTES / sizeof(long)], shown[MASK_BYTES / sizeof(long)];
    enum { BITS = 8 * sizeof(long) };
    uid_t uid;
    gid_t gid;
    if (!is_caller(seen, (pid_t)call->pid, (pid_t)call->data.args[0], &uid, &gid)) return GO_ON;
    // As long as the caller has it, so that the kernel says what is too short.
    unsigned length = (unsigned)call->data.args[1] < MASK_BYTES ? (unsigned)call->data.args[1] : MASK_BYTES;
    long size = syscall(SYS_sched_getaffinity, call->pid, length, mask);
    if (size <= 0 || size > MASK_BYTES) return GO_ON;
    int all = 0, cores = see_cores(seen), bits = (int)size * 8;
    for (int i = 0; i < bits; i++) all += mask[i / BITS] >> i % BITS & 1;
    if (all <= cores) return GO_ON;
    memset(shown, 0, (size_t)size);
    for (int i = 0, nth = 0; i < bits; i++) {
        if (!(mask[i / BITS] >> i % BITS & 1)) continue;
        if ((nth++ + all - seen->turn % all) % all < cores) shown[i / BITS] |= 1ul << i % BITS;
    }
    int put_in = put((pid_t)call->pid, call->data.args[2], shown, (size_t)size);
    return put_in ? put_in : (int)size;
}

static int answer_sysinfo(const struct seen *seen, const struct seccomp_notif *call) {
    struct memory memory;
    struct sysinfo info;
    see_memory(seen, &memory);
    if (sysinfo(&info)) return GO_ON;
    uint64_t tasks = see_number(seen->tasks, "pids.current");
    info.totalram = memory.total;
    info.freeram = memory.total - memory.used;
    info.sharedram = memory.shared;
    info.bufferram = info.totalswap = info.freeswap = info.totalhigh = info.freehigh = 0;
    info.mem_unit = 1;
    if (tasks != UINT64_MAX) info.procs = (unsigned short)(tasks < UINT16_MAX ? tasks : UINT16_MAX);
    return put((pid_t)call->pid, call->data.args[0], &info, sizeof info);
}

// As the caller would open it, with its ids (but for its further groups), below its root; nothing is opened but by name, and no link of /proc followed.
static int find_file(const struct seen *seen, const struct seccomp_notif *call) {
    char name[64], path[2 * LONGEST_PATH + 1];
    if (call->data.nr == SYS_fstatfs) {
        snprintf(name, sizeof name, "%u/fd/%d", call->pid, (int)call->data.args[0]);
        return openat(seen->proc, name, O_PATH | O_CLOEXEC);
    }
    uid_t uid = (uid_t)-1;
    gid_t gid = (gid_t)-1;
    if (get_path((pid_t)call->pid, call->data.args[0], path + LONGEST_PATH) || !is_caller(seen, (pid_t)call->pid, 0, &uid, &gid)) return -1;
    char *full = path + LONGEST_PATH;
    if (*full != '/') {
        char here[LONGEST_PATH];
        snprintf(name, sizeof name, "%u/cwd", call->pid);
        ssize_t length = readlinkat(seen->proc, name, here, sizeof here - 1);
        if (length <= 0 || *here != '/') return -1;
        here[length] = '/';
        full -= length + 1;
        memcpy(full, here, (size_t)length + 1);
    }
    snprintf(name, sizeof name, "%u/root", call->pid);
    int root = openat(seen->proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) return -1;
    setfsgid(gid);
    setfsuid(uid);
    struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
    int fd = sys_openat2(root, full, &how);
    setfsuid(0);
    setfsgid(0);
    close(root);
    return fd;
}

static int quota_of(const struct seen *seen, dev_t device) {
    for (int i = 0; i < seen->n_disks; i++) if (seen->disks[i].device == device) return seen->disks[i].quota;
    return -1;
}

// Opened again, which a name alone is not enough for; nothing is, that could wait or do something.
static void learn_disk(struct seen *seen, int fd, const struct stat *file) {
    if (seen->btrfs < 0 || !(S_ISDIR(file->st_mode) || S_ISREG(file->st_mode))) return;
    char name[64];
    snprintf(name, sizeof name, "self/fd/%d", fd);
    int again = openat(seen->proc, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (again < 0) return;
    see_disk(seen, again, seen->btrfs);
    close(again);
}

static int answer_statfs(struct seen *seen, const struct seccomp_notif *call) {
    int fd = seen->n_disks || seen->btrfs >= 0 ? find_file(seen, call) : -1, quota = -1;
    if (fd < 0) return GO_ON;
    struct stat file;
    struct statfs disk;
    if (!fstat(fd, &file) && !fstatfs(fd, &disk) && (quota = quota_of(seen, file.st_dev)) < 0) {
        learn_disk(seen, fd, &file);
        quota = quota_of(seen, file.st_dev);
    }
    close(fd);
    uint64_t most = see_number(quota, "max_exclusive"), used = see_number(quota, "exclusive");
    if ( most == UINT64_MAX || most == 0 || used == UINT64_MAX) return GO_ON;
    uint64_t free = most > used ? most - used : 0;
    disk.f_blocks = most / disk.f_bsize;
    disk.f_bfree = free / disk.f_bsize;
    // What the pool has left is shared by all who may still write more than that.
    if (disk.f_bfree < disk.f_bavail) disk.f_bavail = disk.f_bfree;
    return put((pid_t)call->pid, call->data.args[1], &disk, sizeof disk);
}

// gVisor's kernel asks for a link's attributes by a descriptor that has none to give, and hands on EBADF, for which `ls -l` fails. A link has no attributes that anybody could have set from inside.
static int answer_attribute(const struct seen *seen, const struct seccomp_notif *call) {
    char name[64];
    struct stat file;
    snprintf(name, sizeof name, "%u/fd/%d", call->pid, (int)call->data.args[0]);
    return !fstatat(seen->proc, name, &file, 0) && S_ISLNK(file.st_mode) ? -ENODATA : GO_ON;
}

static int answer_call(struct seen *seen, const struct seccomp_notif *call) {
    switch (call->data.nr) {
        case SYS_sched_getaffinity: return answer_affinity(seen, call);
        case SYS_sysinfo: return answer_sysinfo(seen, call);
        case SYS_fgetxattr: return answer_attribute(seen, call);
        default: return answer_statfs(seen, call);
    }
}

_Noreturn void serve_calls(struct seen *seen, int calls) {
    unsigned attributes = 0;

    // Linux 6.6: whoever asks hands its core over, which is the quickest way there and back.
    ioctl(calls, _IOW('!', 4, uint64_t), 1);
    for (;;) {
        struct pollfd wait = { calls, POLLIN, 0 };
        if (poll(&wait, 1, -1) < 0 && errno != EINTR) _exit(1);
        // The last process that the filter counts for has ended.
        if (wait.revents & (POLLHUP | POLLERR | POLLNVAL)) _exit(0);
        struct seccomp_notif call = { 0 };
        if (ioctl(calls, SECCOMP_IOCTL_NOTIF_RECV, &call)) continue;
        // `ls -l` asks for an attribute of each file, which is soon answered: four are as one.
        if (call.data.nr != SYS_fgetxattr || ++attributes % 4 == 0) pace();
        int result = answer_call(seen, &call);
        struct seccomp_notif_resp response = { .id = call.id };
        if (result == GO_ON) response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
        else if (result < 0) response.error = result;
        else response.val = result;
        // Whoever asked may have been killed meanwhile.
        ioctl(calls, SECCOMP_IOCTL_NOTIF_SEND, &response);
    }
}
