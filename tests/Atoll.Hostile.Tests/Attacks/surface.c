// What a program inside asks of the kernel to get out.
#include "attack.h"
#include <dirent.h>
#include <ftw.h>
#include <net/if.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <arpa/inet.h>
#include <termios.h>

static long clone3(uint64_t flags) {
    uint64_t args[11] = { flags, 0, 0, 0, SIGCHLD };
    long child = syscall(435, args, sizeof args);
    if (child == 0) _exit(0);
    return child;
}

static long clone_old(unsigned long flags) {
    long child = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
    if (child == 0) _exit(0);
    return child;
}

static void unshare_all(int argc, char **argv) {
    (void)argc, (void)argv;
    TRY("unshare-user", unshare(CLONE_NEWUSER));
    TRY("unshare-user-mount", unshare(CLONE_NEWUSER | CLONE_NEWNS));
    TRY("unshare-mount", unshare(CLONE_NEWNS));
    TRY("unshare-net", unshare(CLONE_NEWNET));
    TRY("unshare-pid", unshare(CLONE_NEWPID));
    TRY("unshare-ipc", unshare(CLONE_NEWIPC));
    TRY("unshare-uts", unshare(CLONE_NEWUTS));
    TRY("unshare-cgroup", unshare(CLONE_NEWCGROUP));
    TRY("unshare-time", unshare(0x80));
    TRY("clone-user", clone_old(CLONE_NEWUSER));
    TRY("clone-mount", clone_old(CLONE_NEWNS));
    TRY("clone-net", clone_old(CLONE_NEWNET));
    TRY("setns-self", setns(open("/proc/self/ns/mnt", O_RDONLY), 0));
    TRY("setns-init", setns(open("/proc/1/ns/mnt", O_RDONLY), 0));
    TRY("setns-pidfd", setns(syscall(SYS_pidfd_open, 1, 0), CLONE_NEWNS));
}

static void clone3_all(int argc, char **argv) {
    (void)argc, (void)argv;
    TRY("clone3-user", clone3(CLONE_NEWUSER));
    TRY("clone3-mount", clone3(CLONE_NEWNS));
    TRY("clone3-net", clone3(CLONE_NEWNET));
    // A user namespace alone is no way out: what it is good for must be refused in it.
    TRY("clone3-user-then-mount",
        uint64_t args[11] = { CLONE_NEWUSER | CLONE_NEWNS, 0, 0, 0, SIGCHLD };
        long child = syscall(435, args, sizeof args);
        if (child == 0) _exit(!mount("x", "/tmp", "tmpfs", 0, 0) || !mount("x", "/tmp", "overlay", 0, "lowerdir=/,upperdir=/tmp,workdir=/tmp") || !unshare(CLONE_NEWNET) || syscall(430, "tmpfs", 0) >= 0 ? 42 : 0);
        int status = 0;
        if (child > 0) waitpid(child, &status, 0);
        if (child > 0 && WEXITSTATUS(status) != 42) errno = EPERM;
        child > 0 && WEXITSTATUS(status) == 42 ? 0 : -1);
}

static void mounts(int argc, char **argv) {
    (void)argc, (void)argv;
    mkdir("/tmp/hostile-mount", 0777);
    const char *place = "/tmp/hostile-mount";
    TRY("mount-tmpfs", mount("x", place, "tmpfs", 0, 0));
    TRY("mount-proc", mount("x", place, "proc", 0, 0));
    TRY("mount-sysfs", mount("x", place, "sysfs", 0, 0));
    TRY("mount-devtmpfs", mount("x", place, "devtmpfs", 0, 0));
    TRY("mount-overlay", mount("x", place, "overlay", 0, "lowerdir=/,upperdir=/tmp,workdir=/var/tmp"));
    TRY("mount-cgroup", mount("x", place, "cgroup", 0, "memory"));
    TRY("mount-cgroup-rdma", mount("x", place, "cgroup", 0, "rdma"));
    TRY("mount-cgroup2", mount("x", place, "cgroup2", 0, 0));
    TRY("mount-debugfs", mount("x", place, "debugfs", 0, 0));
    TRY("mount-securityfs", mount("x", place, "securityfs", 0, 0));
    TRY("mount-bpf", mount("x", place, "bpf", 0, 0));
    TRY("mount-mqueue", mount("x", place, "mqueue", 0, 0));
    TRY("mount-loop", mount("/dev/loop0", place, "btrfs", 0, 0));
    TRY("mount-bind-root", mount("/", place, 0, MS_BIND | MS_REC, 0));
    TRY("mount-bind-init-root", mount("/proc/1/root", place, 0, MS_BIND, 0));
    TRY("mount-propagate", mount("", "/", 0, MS_SHARED | MS_REC, 0));
    TRY("remount-proc-sys", mount("", "/proc/sys", 0, MS_REMOUNT | MS_BIND, 0));
    TRY("remount-sys", mount("", "/sys", 0, MS_REMOUNT | MS_BIND, 0));
    TRY("remount-agent", mount("", "/.atoll", 0, MS_REMOUNT | MS_BIND, 0));
    TRY("move-proc", mount("/proc", place, 0, MS_MOVE, 0));
    TRY("unmount-kcore", umount2("/proc/kcore", MNT_DETACH));
    TRY("unmount-proc-sys", umount2("/proc/sys", MNT_DETACH));
    TRY("unmount-hosts", umount2("/etc/hosts", MNT_DETACH));
    TRY("unmount-agent", umount2("/.atoll", MNT_DETACH));
    TRY("pivot-root", syscall(SYS_pivot_root, "/tmp", "/tmp"));
}

static void new_mounts(int argc, char **argv) {
    (void)argc, (void)argv;
    static char flood[4096];
    memset(flood, 'A', sizeof flood - 1);
    TRY("fsopen-tmpfs", syscall(430, "tmpfs", 0));
    TRY("fsopen-ext4", syscall(430, "ext4", 0));
    TRY("fsopen-cgroup", syscall(430, "cgroup", 0));
    // CVE-2022-0185: the length of the legacy options wraps.
    TRY("fsconfig-overflow", int fd = syscall(430, "9p", 0); long r = -1; for (int i = 0; i < 300; i++) r = syscall(431, fd, 1, "\x00", flood, 0); r);
    TRY("fsmount", syscall(432, 0, 0, 0));
    TRY("fspick", syscall(433, AT_FDCWD, "/", 0));
    TRY("open-tree-clone", syscall(428, AT_FDCWD, "/", 1));
    TRY("move-mount", syscall(429, AT_FDCWD, "/proc", AT_FDCWD, "/tmp", 0));
    TRY("mount-setattr", uint64_t attr[4] = { 0, 1, 0, 0 }; syscall(442, AT_FDCWD, "/sys", 0, attr, sizeof attr));
}

static long make_and_read(mode_t kind, unsigned major, unsigned minor) {
    const char *path = "/tmp/hostile-node";
    unlink(path);
    if (mknod(path, kind | 0666, makedev(major, minor))) return -1;
    char bytes[16];
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    ssize_t got = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
    snprintf(note, sizeof note, "node made, read %zd", got);
    unlink(path);
    return 0;
}

// ARGS: the major and minor number of the host's own disks, as "M:m".
static void devices_made(int argc, char **argv) {
    TRY("mknod-sda", make_and_read(S_IFBLK, 8, 0));
    TRY("mknod-loop", make_and_read(S_IFBLK, 7, 0));
    TRY("mknod-mem", make_and_read(S_IFCHR, 1, 1));
    TRY("mknod-kmsg", make_and_read(S_IFCHR, 1, 11));
    TRY("mknod-kvm", make_and_read(S_IFCHR, 10, 232));
    TRY("mknod-fuse", make_and_read(S_IFCHR, 10, 229));
    TRY("mknod-loop-control", make_and_read(S_IFCHR, 10, 237));
    TRY("mknodat-console", mknodat(AT_FDCWD, "/tmp/hostile-console", S_IFCHR | 0666, makedev(5, 1)));
    for (int i = 0; i < argc; i++) {
        unsigned major, minor;
        if (sscanf(argv[i], "%u:%u", &major, &minor) == 2) TRY("mknod-host-disk", make_and_read(S_IFBLK, major, minor));
    }
}

static int each_device(const char *path, const struct stat *stat, int kind, struct FTW *walk) {
    (void)kind, (void)walk;
    if (!S_ISCHR(stat->st_mode) && !S_ISBLK(stat->st_mode)) return 0;
    unsigned major = major(stat->st_rdev), minor = minor(stat->st_rdev);
    // null, zero, full, random, urandom; tty, console of its own, ptmx; its own terminals.
    if (S_ISCHR(stat->st_mode) && ((major == 1 && strchr("\3\5\7\10\11", minor)) || (major == 5 && minor != 1) || (major >= 136 && major <= 143))) return 0;
    char label[300];
    snprintf(label, sizeof label, "node:%s", path);
    TRY(label, snprintf(note, sizeof note, "%c %u:%u", S_ISCHR(stat->st_mode) ? 'c' : 'b', major, minor); open(path, O_RDONLY | O_NONBLOCK));
    return 0;
}

static void devices(int argc, char **argv) {
    (void)argc, (void)argv;
    const char *names[] = { "mem", "kmem", "port", "kmsg", "kvm", "fuse", "loop-control", "loop0", "btrfs-control", "sda", "vda", "nvme0n1", "dm-0", "mapper/control", "net/tun",
        "vhost-net", "vsock", "uinput", "userfaultfd", "vfio/vfio", "tty0", "tty1", "hpet", "watchdog", "mcelog", "cpu/0/msr", "autofs", "snapshot", "nvram" };
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64], label[64];
        snprintf(path, sizeof path, "/dev/%s", names[i]);
        snprintf(label, sizeof label, "open:%s", names[i]);
        TRY(label, open(path, O_RDWR | O_NONBLOCK));
    }

    nftw("/dev", each_device, 8, FTW_PHYS);
}

static long write_to(const char *path, const char *text) {
    int fd = open(path, O_WRONLY);
    if (fd < 0) return -1;
    ssize_t put = write(fd, text, strlen(text));
    if (put > 0) snprintf(note, sizeof note, "wrote %s", text);
    return put;
}

// Values that would do no harm if they went through: that they do is what the verdict says.
static void proc_writes(int argc, char **argv) {
    (void)argc, (void)argv;
    static const char *const tries[][2] = {
        { "/proc/sysrq-trigger", "h" }, { "/proc/sys/kernel/core_pattern", "|/tmp/evil" }, { "/proc/sys/kernel/modprobe", "/tmp/evil" }, { "/proc/sys/kernel/hotplug", "/tmp/evil" },
        { "/proc/sys/kernel/hostname", "evil" }, { "/proc/sys/kernel/domainname", "evil" }, { "/proc/sys/kernel/panic", "0" }, { "/proc/sys/kernel/sysrq", "511" },
        { "/proc/sys/kernel/pid_max", "32768" }, { "/proc/sys/kernel/randomize_va_space", "0" }, { "/proc/sys/kernel/dmesg_restrict", "0" }, { "/proc/sys/kernel/ns_last_pid", "1" },
        { "/proc/sys/kernel/usermodehelper/bset", "0 0" }, { "/proc/sys/vm/drop_caches", "1" }, { "/proc/sys/vm/panic_on_oom", "0" }, { "/proc/sys/vm/overcommit_memory", "0" },
        { "/proc/sys/fs/binfmt_misc/register", ":x:M::x::/tmp/evil:" }, { "/proc/sys/fs/protected_symlinks", "0" }, { "/proc/sys/fs/file-max", "9223372036854775807" }, { "/proc/sys/fs/suid_dumpable", "0" },
        { "/proc/sys/net/ipv4/ip_forward", "1" }, { "/proc/sys/net/core/somaxconn", "4096" }, { "/proc/irq/default_smp_affinity", "1" }, { "/proc/bus/pci/00/00.0", "x" },
        { "/proc/self/uid_map", "0 0 4294967295" }, { "/proc/1/oom_score_adj", "-1000" }, { "/proc/self/oom_score_adj", "-1000" }, { "/proc/1/mem", "x" }, { "/proc/timer_stats", "1" },
        { "/sys/kernel/uevent_helper", "/tmp/evil" }, { "/sys/power/state", "none" }, { "/sys/kernel/mm/ksm/run", "1" }, { "/sys/class/net/eth0/mtu", "68" }, { "/sys/block/loop0/queue/scheduler", "none" },
        { "/sys/devices/system/cpu/cpu1/online", "1" },
    };
    for (unsigned i = 0; i < sizeof tries / sizeof *tries; i++) TRY(tries[i][0], write_to(tries[i][0], tries[i][1]));
}

static int found;

static int each_control(const char *path, const struct stat *stat, int kind, struct FTW *walk) {
    (void)stat, (void)kind;
    if (walk->level > 5) return 0;
    const char *name = path + walk->base;
    static const char *const controls[][2] = {
        { "release_agent", "/tmp/evil" }, { "notify_on_release", "1" }, { "devices.allow", "a *:* rwm" }, { "devices.deny", "a" }, { "memory.limit_in_bytes", "-1" }, { "memory.max", "max" },
        { "pids.max", "max" }, { "cpu.cfs_quota_us", "-1" }, { "cpu.max", "max" }, { "cgroup.procs", "0" }, { "tasks", "0" }, { "cgroup.kill", "1" }, { "freezer.state", "FROZEN" },
    };
    for (unsigned i = 0; i < sizeof controls / sizeof *controls; i++) {
        if (strcmp(name, controls[i][0])) continue;
        found++;
        TRY(path, write_to(path, controls[i][1]));
    }

    return 0;
}

static void cgroup_writes(int argc, char **argv) {
    (void)argc, (void)argv;
    found = 0;
    nftw("/sys/fs/cgroup", each_control, 16, FTW_PHYS);
    printf("controls refused %d-seen\n", found);
    mkdir("/tmp/hostile-cgroup", 0777);
    TRY("cgroup-mount-v1", mount("x", "/tmp/hostile-cgroup", "cgroup", 0, "rdma") ? -1 : write_to("/tmp/hostile-cgroup/release_agent", "/tmp/evil"));
    TRY("cgroup-mount-v2", mount("x", "/tmp/hostile-cgroup", "cgroup2", 0, 0) ? -1 : write_to("/tmp/hostile-cgroup/cgroup.procs", "0"));
    TRY("cgroup-make", mkdir("/sys/fs/cgroup/evil", 0777));
    TRY("cgroup-make-memory", mkdir("/sys/fs/cgroup/memory/evil", 0777));
}

static void agent_program(int argc, char **argv) {
    (void)argc, (void)argv;
    TRY("init-exe-write", open("/proc/1/exe", O_WRONLY));
    TRY("init-exe-truncate", open("/proc/1/exe", O_RDWR | O_TRUNC));
    TRY("self-exe-write", open("/proc/self/exe", O_WRONLY));
    TRY("init-root-write", open("/proc/1/root/.atoll/evil", O_WRONLY | O_CREAT, 0777));
    TRY("folder-write", open("/.atoll/evil", O_WRONLY | O_CREAT, 0777));
    TRY("folder-rename", rename("/.atoll", "/.atoll2"));
    TRY("folder-remove", rmdir("/.atoll"));
    DIR *folder = opendir("/.atoll");
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (entry->d_name[0] == '.') continue;
        char path[300], label[300];
        snprintf(path, sizeof path, "/.atoll/%s", entry->d_name);
#define LABEL(what) (snprintf(label, sizeof label, what ":%s", entry->d_name), label)
        TRY(LABEL("open"), open(path, O_WRONLY));
        TRY(LABEL("truncate"), truncate(path, 0));
        TRY(LABEL("remove"), unlink(path));
        TRY(LABEL("replace"), close(open("/tmp/hostile-new", O_CREAT | O_WRONLY, 0777)); rename("/tmp/hostile-new", path));
        TRY(LABEL("chmod"), chmod(path, 0777));
        TRY(LABEL("chown"), chown(path, 1000, 1000));
        TRY(LABEL("touch"), utimensat(AT_FDCWD, path, 0, 0));
        TRY(LABEL("attribute"), setxattr(path, "user.evil", "x", 1, 0));
        TRY(LABEL("link"), link(path, "/tmp/hostile-link"));
    }

    if (folder) closedir(folder);

    // Every process that runs now, the agent's children among them.
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes && (entry = readdir(processes));) {
        if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
        char path[300], target[300];
        snprintf(path, sizeof path, "/proc/%s/exe", entry->d_name);
        ssize_t length = readlink(path, target, sizeof target - 1);
        if (length <= 0 || memmem(target, length, "atoll", 5) == 0) continue;
        TRY("agent-exe-write", open(path, O_WRONLY));
    }

    if (processes) closedir(processes);
}

// ARGS: the path of a file of the host's, without its first slash.
static void descriptor_walk(int argc, char **argv) {
    const char *secret = argc ? argv[0] : "etc/shadow";
    const char *up = "../../../../../../../../../../../../";
    for (int pid = 0; pid < 2; pid++) {
        for (int n = 0; n < 64; n++) {
            char path[600], label[64];
            snprintf(label, sizeof label, "%s-fd-%d", pid ? "init" : "self", n);
            snprintf(path, sizeof path, "/proc/%s/fd/%d/%s%s", pid ? "1" : "self", n, up, secret);
            TRY(label, int fd = open(path, O_RDONLY); fd >= 0 ? (long)read(fd, note, 40) : -1);
        }
    }

    char path[600];
    const char *roots[] = { "/proc/1/root", "/proc/1/cwd", "/proc/self/root", "/proc/self/cwd", "/proc/self/task/1/root", "/.atoll", "/dev/pts", "/sys" };
    for (unsigned i = 0; i < sizeof roots / sizeof *roots; i++) {
        snprintf(path, sizeof path, "%s/%s%s", roots[i], up, secret);
        TRY(roots[i], int fd = open(path, O_RDONLY); fd >= 0 ? (long)read(fd, note, 40) : -1);
    }

    // The classic way out of a chroot, which leads to the sandbox's own root.
    TRY("chroot-escape",
        mkdir("/tmp/hostile-jail", 0777);
        int root = open("/", O_RDONLY);
        if (chroot("/tmp/hostile-jail") || fchdir(root)) return attack_finish(-1);
        for (int i = 0; i < 64; i++) if (chdir("..")) break;
        if (chroot(".")) return attack_finish(-1);
        snprintf(path, sizeof path, "/%s", secret);
        int fd = open(path, O_RDONLY);
        fd >= 0 ? (long)read(fd, note, 40) : -1);
}

static void init_traced(int argc, char **argv) {
    (void)argc, (void)argv;
    char byte = 0;
    struct iovec mine = { &byte, 1 }, theirs = { (void *)0x400000, 1 };
    TRY("ptrace-attach", ptrace(PTRACE_ATTACH, 1, 0, 0));
    TRY("ptrace-seize", ptrace(PTRACE_SEIZE, 1, 0, 0));
    TRY("vm-read", process_vm_readv(1, &mine, 1, &theirs, 1, 0));
    TRY("vm-write", process_vm_writev(1, &mine, 1, &theirs, 1, 0));
    for (int n = 0; n < 8; n++) TRY("pidfd-getfd", syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, 1, 0), n, 0));
    TRY("mem-read", int fd = open("/proc/1/mem", O_RDONLY); fd < 0 ? -1 : pread(fd, &byte, 1, 0x400000));
    TRY("mem-write", int fd = open("/proc/1/mem", O_RDWR); fd < 0 ? -1 : pwrite(fd, &byte, 1, 0x400000));
    TRY("kcmp", syscall(SYS_kcmp, getpid(), 1, 0, 0, 0));
    TRY("init-descriptor", open("/proc/1/fd/3", O_RDWR));
    TRY("init-map-files", DIR *d = opendir("/proc/1/map_files"); if (!d) return attack_finish(-1); struct dirent *e; long n = 0; while ((e = readdir(d))) n += e->d_name[0] != '.'; errno = ENOENT; n ? 0 : -1);
}

static long set_interface(unsigned long request) {
    struct ifreq ask = { .ifr_name = "eth0" };
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x0A000001) };
    memcpy(&ask.ifr_addr, &address, sizeof address);
    return ioctl(socket(AF_INET, SOCK_DGRAM, 0), request, &ask);
}

static void sockets(int argc, char **argv) {
    (void)argc, (void)argv;
    // All but unix, IPv4, IPv6 and netlink.
    for (int family = 3; family < 46; family++) {
        if (family == AF_INET6 || family == AF_NETLINK) continue;
        static const int kinds[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET };
        for (unsigned kind = 0; kind < 4; kind++) {
            char label[40];
            snprintf(label, sizeof label, "family-%d-%d", family, kinds[kind]);
            TRY(label, socket(family, kinds[kind], 0));
        }
    }

    // Not routes (0), socket diagnosis (4) and device events (15).
    for (int protocol = 1; protocol < 23; protocol++) {
        if (protocol == 4 || protocol == 15) continue;
        char label[40];
        snprintf(label, sizeof label, "netlink-%d", protocol);
        TRY(label, socket(AF_NETLINK, SOCK_RAW, protocol));
    }

    TRY("raw-icmp", socket(AF_INET, SOCK_RAW, 1));
    TRY("raw-all", socket(AF_INET, SOCK_RAW, 255));
    TRY("raw-6", socket(AF_INET6, SOCK_RAW, 58));
    TRY("family-beyond-32-bits", syscall(SYS_socket, 0x100000000ull | 38, SOCK_SEQPACKET, 0));
    // CVE-2021-22555 starts here.
    TRY("iptables-replace", char rule[200] = { 0 }; setsockopt(socket(AF_INET, SOCK_DGRAM, 0), 0, 64, rule, sizeof rule));
    TRY("set-address", set_interface(SIOCSIFADDR));
    TRY("set-link-down", set_interface(SIOCSIFFLAGS));
    TRY("set-hardware-address", set_interface(SIOCSIFHWADDR));
}

static void new_calls(int argc, char **argv) {
    (void)argc, (void)argv;
    static char zero[256];
    TRY("io-uring-setup", syscall(425, 4, zero));
    TRY("io-uring-enter", syscall(426, 0, 1, 0, 0, 0, 0));
    TRY("io-uring-register", syscall(427, 0, 0, zero, 0));
    TRY("userfaultfd", syscall(SYS_userfaultfd, 0));
    TRY("userfaultfd-user", syscall(SYS_userfaultfd, 1));
    TRY("bpf-map", uint32_t attr[32] = { 1, 4, 4, 1 }; syscall(SYS_bpf, 0, attr, sizeof attr));
    TRY("bpf-program", uint32_t attr[32] = { 1, 1 }; syscall(SYS_bpf, 5, attr, sizeof attr));
    TRY("perf-event", uint64_t attr[16] = { 0x8000000000ull | 1 }; syscall(SYS_perf_event_open, attr, 0, -1, -1, 0));
    TRY("keyctl-join", syscall(SYS_keyctl, 1, 0));
    TRY("keyctl-read", syscall(SYS_keyctl, 11, -3, zero, sizeof zero));
    TRY("add-key", syscall(SYS_add_key, "user", "x", "y", 1, -3));
    TRY("request-key", syscall(SYS_request_key, "user", "x", 0, -3));
    TRY("fanotify", syscall(SYS_fanotify_init, 0, 0));
    TRY("quotactl", syscall(SYS_quotactl, 0x800002, "/dev/sda", 0, zero));
    TRY("lookup-dcookie", syscall(SYS_lookup_dcookie, 1ull, zero, 8));
    TRY("migrate-pages", syscall(SYS_migrate_pages, 1, 0, 0, 0));
    TRY("process-madvise", syscall(SYS_process_madvise, syscall(SYS_pidfd_open, 1, 0), zero, 1, 4, 0));
}

static void handles(int argc, char **argv) {
    (void)argc, (void)argv;
    static const int types[] = { 1, 2, 0x4d, 0x4e, 0x81, 0xfb };
    static const unsigned long inodes[] = { 2, 5, 64, 128, 256, 257 };
    const char *places[] = { "/", "/.atoll", "/etc/hosts" };
    for (unsigned place = 0; place < 3; place++) {
        for (unsigned type = 0; type < 6; type++) {
            for (unsigned inode = 0; inode < 6; inode++) {
                struct { unsigned size; int type; uint64_t inode; uint64_t parent; uint64_t more; } handle = { 8 + 8 * (type % 3), types[type], inodes[inode], 0, 0 };
                char label[64];
                snprintf(label, sizeof label, "handle-%s-%d-%lu", places[place], types[type], inodes[inode]);
                TRY(label, syscall(SYS_open_by_handle_at, open(places[place], O_RDONLY), &handle, O_RDONLY));
            }
        }
    }
}

static void kernel_changed(int argc, char **argv) {
    (void)argc, (void)argv;
    // The time that it is, and a step of nothing: permission is what is asked for.
    struct timeval day;
    struct timespec other;
    struct timex step = { .modes = ADJ_SETOFFSET };
    gettimeofday(&day, 0);
    clock_gettime(CLOCK_REALTIME, &other);
    TRY("kexec-load", syscall(SYS_kexec_load, 0, 0, 0, 0));
    TRY("kexec-file", syscall(SYS_kexec_file_load, 0, 0, 0, "", 0));
    TRY("init-module", syscall(SYS_init_module, "x", 1, ""));
    TRY("finit-module", syscall(SYS_finit_module, open("/proc/self/exe", O_RDONLY), "", 0));
    TRY("delete-module", syscall(SYS_delete_module, "btrfs", O_NONBLOCK));
    // Commands that the kernel knows not: a wall that stood open would answer EINVAL, and nothing would happen.
    TRY("reboot", long r = syscall(SYS_reboot, 0xfee1dead, 672274793, 0x7777, 0); if (r < 0 && errno == EINVAL) r = 0; r);
    TRY("swapon", syscall(SYS_swapon, "/tmp/none", 0) < 0 && errno == ENOENT ? 0 : -1);
    TRY("acct", syscall(SYS_acct, "/tmp/none") < 0 && errno == ENOENT ? 0 : -1);
    TRY("iopl", iopl(3));
    TRY("ioperm", ioperm(0x80, 1, 1));
    TRY("settimeofday", settimeofday(&day, 0));
    TRY("clock-settime", clock_settime(CLOCK_REALTIME, &other));
    TRY("clock-adjtime", clock_adjtime(CLOCK_REALTIME, &step) < 0 ? -1 : 0);
    TRY("adjtimex", adjtimex(&step) < 0 ? -1 : 0);
    TRY("sethostname", sethostname("evil", 4));
    TRY("setdomainname", setdomainname("evil", 4));
    TRY("vhangup", vhangup());
    TRY("syslog-clear", syscall(SYS_syslog, 5, 0, 0));
    TRY("syslog-console", syscall(SYS_syslog, 8, 0, 1));
}

static void gained(int argc, char **argv) {
    (void)argc, (void)argv;
    if (setgid(0) == 0 && setuid(0) == 0) printf("root yes\n");
    else printf("root no\n");
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    while (status && fgets(line, sizeof line, status)) if (!strncmp(line, "Cap", 3) || !strncmp(line, "Uid", 3)) fputs(line, stdout);
    TRY("file-capability", char all[20] = { 1, 0, 0, 2, -1, -1, -1, -1, 0, 0, 0, 0, -1, 1, 0, 0 }; setxattr("/tmp/attack-setuid", "security.capability", all, sizeof all, 0));
    TRY("gained-mount", mount("x", "/tmp", "tmpfs", 0, 0));
    TRY("gained-mknod", mknod("/tmp/hostile-node", S_IFBLK | 0600, makedev(8, 0)));
}

static void terminal(int argc, char **argv) {
    (void)argc, (void)argv;
    // What is typed into it must not come back between the verdicts.
    struct termios quiet;
    if (tcgetattr(0, &quiet) == 0) {
        quiet.c_lflag &= ~ECHO;
        tcsetattr(0, TCSANOW, &quiet);
    }

    TRY("on-a-terminal", isatty(0) ? 0 : -1);
    TRY("tiocsti", ioctl(0, TIOCSTI, "x"));
    for (char code = 2; code < 14; code++) TRY("tioclinux", char ask[2] = { code, 0 }; ioctl(0, TIOCLINUX, ask));
    TRY("tioccons", ioctl(0, TIOCCONS));
    TRY("vt-activate", ioctl(0, 0x5606, 1));
    TRY("kdsetmode", ioctl(0, 0x4B3A, 1));
}

static void personalities(int argc, char **argv) {
    (void)argc, (void)argv;
    TRY("addr-no-randomize", personality(ADDR_NO_RANDOMIZE));
    TRY("read-implies-exec", personality(READ_IMPLIES_EXEC));
    TRY("mmap-page-zero", personality(MMAP_PAGE_ZERO));
    TRY("addr-compat-layout", personality(ADDR_COMPAT_LAYOUT));
    TRY("unset-all", personality(0xFFFFFFFE));
}

static long read_some(const char *path) {
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    if (fd < 0) return -1;
    char bytes[64];
    ssize_t got = read(fd, bytes, sizeof bytes);
    if (got == 0) errno = ENODATA;
    return got > 0 ? 0 : -1;
}

static long list_some(const char *path) {
    DIR *folder = opendir(path);
    if (!folder) return -1;
    long count = 0;
    for (struct dirent *entry; (entry = readdir(folder));) if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) {
        snprintf(note, sizeof note, "%s", entry->d_name);
        count++;
    }

    errno = ENODATA;
    return count ? 0 : -1;
}

static void kernel_read(int argc, char **argv) {
    (void)argc, (void)argv;
    static const char *const files[] = { "/proc/kcore", "/proc/keys", "/proc/key-users", "/proc/kallsyms", "/proc/kmsg", "/proc/modules", "/proc/slabinfo", "/proc/iomem", "/proc/ioports",
        "/proc/interrupts", "/proc/timer_list", "/proc/sched_debug", "/proc/vmallocinfo", "/proc/pagetypeinfo", "/proc/kpagecount", "/proc/kpageflags", "/proc/config.gz", "/proc/latency_stats",
        "/sys/class/dmi/id/product_uuid", "/sys/kernel/notes", "/sys/kernel/vmcoreinfo", "/sys/module/btrfs/sections/.text", "/dev/kmsg", "/dev/mem" };
    for (unsigned i = 0; i < sizeof files / sizeof *files; i++) TRY(files[i], read_some(files[i]));
    static const char *const folders[] = { "/sys/firmware", "/sys/kernel/debug", "/sys/kernel/tracing", "/sys/kernel/security", "/sys/module", "/sys/fs/cgroup/memory", "/proc/acpi", "/proc/scsi",
        "/sys/devices/virtual/powercap", "/sys/devices/virtual/dmi", "/sys/fs/bpf", "/boot", "/lib/modules" };
    for (unsigned i = 0; i < sizeof folders / sizeof *folders; i++) TRY(folders[i], list_some(folders[i]));
    TRY("dmesg", char log[256]; long got = syscall(SYS_syslog, 3, log, sizeof log - 1); if (got > 0) { log[got] = 0; char *own = strstr(log, "gVisor"); snprintf(note, sizeof note, "%.60s", own ? own : log); } got);
}

static void foreign_abi(int argc, char **argv) {
    (void)argc, (void)argv;
#define INT80(number, a, b) ({ long r; __asm__ volatile("int $0x80" : "=a"(r) : "a"(number), "b"(a), "c"(b), "d"(0) : "memory"); errno = -r; r < 0 ? -1 : 0; })
    TRY("int80-getpid", INT80(20, 0, 0));
    TRY("int80-socketcall", INT80(102, 1, 0));
    TRY("int80-socket", INT80(359, 38, 5));
    TRY("int80-unshare", INT80(310, CLONE_NEWUSER, 0));
    TRY("x32-getpid", syscall(0x40000000 | 39));
    TRY("x32-socket", syscall(0x40000000 | 41, 38, 5, 0));
    TRY("x32-unshare", syscall(0x40000000 | 272, CLONE_NEWUSER));
}

// ARGS: names of abstract sockets ("@name") and paths of sockets of the host's.
static void host_sockets(int argc, char **argv) {
    for (int i = 0; i < argc; i++) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        size_t length = strlen(argv[i]);
        memcpy(address.sun_path, argv[i], length);
        if (address.sun_path[0] == '@') address.sun_path[0] = 0;
        TRY(argv[i], connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + length));
    }
}

static unsigned char needle[64];
static size_t needle_length;

static void search(const char *path) {
    static char bytes[1 << 20];
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return;
    ssize_t got = read(fd, bytes, sizeof bytes);
    close(fd);
    if (got <= 0 || !memmem(bytes, got, needle, needle_length)) return;
    found++;
    snprintf(note, sizeof note, "%s", path);
    attack_say("token", 0);
}

static int each_file(const char *path, const struct stat *stat, int kind, struct FTW *walk) {
    (void)walk;
    if (kind == FTW_F && S_ISREG(stat->st_mode)) search(path);
    return 0;
}

// ARGS: the agent's token in hex.
static void secrets(int argc, char **argv) {
    needle_length = argc ? strlen(argv[0]) / 2 : 0;
    for (size_t i = 0; i < needle_length && i < sizeof needle; i++) sscanf(argv[0] + 2 * i, "%2hhx", &needle[i]);
    if (needle_length < 16) return;
    found = 0;
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes && (entry = readdir(processes));) {
        if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
        static const char *const files[] = { "environ", "cmdline", "auxv", "maps", "comm" };
        for (unsigned i = 0; i < 5; i++) {
            char path[300];
            snprintf(path, sizeof path, "/proc/%s/%s", entry->d_name, files[i]);
            search(path);
        }
    }

    if (processes) closedir(processes);
    const char *folders[] = { "/.atoll", "/etc", "/run", "/root", "/home", "/var", "/dev/shm" };
    for (unsigned i = 0; i < sizeof folders / sizeof *folders; i++) nftw(folders[i], each_file, 16, FTW_PHYS);
    if (found == 0) printf("token refused not-found\n");
    static const char *const doors[] = { "/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/atoll", "/var/lib/atoll", "/run/runc", "/run/runsc", "/run/systemd/private",
        "/root/.config/atoll/config.json", "/etc/atoll/atoll.json", "/root/.ssh", "/var/run/secrets", "/.dockerenv" };
    for (unsigned i = 0; i < sizeof doors / sizeof *doors; i++) TRY(doors[i], access(doors[i], F_OK));
}

// What btrfs lets anybody do who may write to a directory (linux/btrfs.h; the arguments are a descriptor, in version 2 flags as well, and a name).
static long pool_call(unsigned long request, size_t name_at) {
    static unsigned char arguments[4096];
    long long disk = open("/", O_RDONLY | O_DIRECTORY);
    memcpy(arguments, &disk, sizeof disk);
    snprintf((char *)arguments + name_at, 64, "subvolume-%d", getpid());
    return syscall(SYS_ioctl, open("/tmp", O_RDONLY | O_DIRECTORY), request, arguments);
}

static void pool_calls(int argc, char **argv) {
    (void)argc, (void)argv;
    TRY("subvolume-create", pool_call(0x5000940e, 8));
    TRY("subvolume-create-2", pool_call(0x50009418, 56));
    TRY("snapshot-create", pool_call(0x50009401, 8));
    TRY("snapshot-create-2", pool_call(0x50009417, 56));
    TRY("subvolume-create-upper-bits", pool_call(0x15000940e, 8));
}

const struct attack surface_attacks[] = {
    { "unshare", unshare_all }, { "clone3", clone3_all }, { "mount", mounts }, { "fsopen", new_mounts }, { "mknod", devices_made }, { "devices", devices }, { "proc-write", proc_writes },
    { "cgroup-write", cgroup_writes }, { "agent-program", agent_program }, { "descriptor-walk", descriptor_walk }, { "trace-init", init_traced }, { "sockets", sockets }, { "new-calls", new_calls },
    { "handles", handles }, { "kernel-change", kernel_changed }, { "gained", gained }, { "terminal", terminal }, { "personality", personalities }, { "kernel-read", kernel_read },
    { "foreign-abi", foreign_abi }, { "host-sockets", host_sockets }, { "secrets", secrets }, { "pool-calls", pool_calls }, { 0, 0 },
};
