// What a hostile program inside a sandbox tries, one line "name result" each: 0 it worked, an errno, or 1000 and the signal that ended the attempt.
// Other uses: "init PROGRAM ARGS" is a process 1 that cannot be traced, as the agent is; "bomb" and "forks" use up memory and processes;
// "abstract NAME" connects to an abstract unix socket; "attribute PATH" tells the error of asking for its SELinux context; "as UID PROGRAM ARGS" drops root; a setuid copy run with "root" tells what it has gained.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int unshare_user(void) { return unshare(CLONE_NEWUSER); }
static int unshare_mount(void) { return unshare(CLONE_NEWNS); }
static int clone_user(void) { return syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0); }
static int clone3_user(void) {
    uint64_t args[11] = { CLONE_NEWUSER, 0, 0, 0, SIGCHLD };
    return syscall(435, args, sizeof args);
}
static int mount_tmpfs(void) { return mount("x", "/tmp", "tmpfs", 0, 0); }
static int remount_proc(void) { return mount("x", "/proc/sys", 0, MS_REMOUNT | MS_BIND, 0); }
static int unmount_kcore(void) { return umount2("/proc/kcore", MNT_DETACH); }
static int fsopen_tmpfs(void) { return syscall(430, "tmpfs", 0); }
static int open_tree_clone(void) { return syscall(428, AT_FDCWD, "/", 1); }
static int setns_self(void) { int fd = open("/proc/self/ns/uts", O_RDONLY); return fd < 0 ? fd : setns(fd, 0); }
static int mknod_block(void) { return mknod("/tmp/disk", S_IFBLK | 0600, makedev(8, 0)); }
static int mknod_char(void) { return mknod("/tmp/kmsg", S_IFCHR | 0600, makedev(1, 11)); }
static int af_alg(void) { return socket(38, SOCK_SEQPACKET, 0); }
static int af_vsock(void) { return socket(40, SOCK_STREAM, 0); }
static int af_packet(void) { return socket(17, SOCK_RAW, 0); }
static int raw_ip(void) { return socket(AF_INET, SOCK_RAW, 1); }
static int netlink_netfilter(void) { return socket(16, SOCK_RAW, 12); }
static int netlink_audit(void) { return socket(16, SOCK_RAW, 9); }
static int wide_family(void) { return syscall(SYS_socket, 0x100000000ull | 38, SOCK_SEQPACKET, 0); }
static int io_uring(void) { char params[120] = { 0 }; return syscall(425, 4, params); }
static int userfaultfd(void) { return syscall(SYS_userfaultfd, 0); }
static int bpf(void) { uint32_t attr[32] = { 1, 4, 4, 1 }; return syscall(SYS_bpf, 0, attr, sizeof attr); }
static int perf(void) { uint64_t attr[16] = { 0x8000000000ull | 1 }; return syscall(SYS_perf_event_open, attr, 0, -1, -1, 0); }
static int keyctl(void) { return syscall(SYS_keyctl, 0, -3, 1); }
static int add_key(void) { return syscall(SYS_add_key, "user", "x", "y", 1, -3); }
static int by_handle(void) { uint32_t handle[4] = { 8, 1, 2, 0 }; int fd = open("/", O_RDONLY); return syscall(SYS_open_by_handle_at, fd, handle, O_RDONLY); }
static int kexec(void) { return syscall(SYS_kexec_load, 0, 0, 0, 0); }
static int module(void) { return syscall(SYS_init_module, "x", 1, ""); }
static int request_key(void) { return syscall(SYS_request_key, "user", "x", 0, 0); }
static int fanotify(void) { return syscall(SYS_fanotify_init, 0, 0); }
static int placement(void) { int mode; return syscall(SYS_get_mempolicy, &mode, 0, 0, 0, 0); }
static int secret_memory(void) { return syscall(447, 0); }
static int list_mounts(void) { return syscall(458, 0, 0, 0, 0); }
static int newer_call(void) { return syscall(600, 0); }
static int set_clock(void) { struct timespec now = { 1, 0 }; return syscall(SYS_clock_settime, 0, &now); }
static int netlink_generic(void) { return socket(16, SOCK_RAW, 16); }
static int sethost(void) { return sethostname("evil", 4); }
static int reboot_host(void) { return syscall(SYS_reboot, 0xfee1dead, 672274793, 0, 0); }
static int trace_init(void) { return ptrace(PTRACE_ATTACH, 1, 0, 0); }
static const char main_unused = 1;
static int read_init(void) {
    char byte; struct iovec mine = { &byte, 1 }, theirs = { (void *)&main_unused, 1 };
    return process_vm_readv(1, &mine, 1, &theirs, 1, 0);
}
static int write_init_exe(void) { return open("/proc/1/exe", O_WRONLY); }
static int write_self_exe(void) { return open("/.atoll/probe", O_WRONLY); }
static int init_environ(void) { return open("/proc/1/environ", O_RDONLY); }
static int no_random(void) { return personality(ADDR_NO_RANDOMIZE); }
static int sysrq(void) { int fd = open("/proc/sysrq-trigger", O_WRONLY); return fd < 0 ? fd : (int)write(fd, "h", 1); }
static int core_pattern(void) { return open("/proc/sys/kernel/core_pattern", O_WRONLY); }
static int dev_mem(void) { return open("/dev/mem", O_RDONLY); }
static int dev_kmsg(void) { return open("/dev/kmsg", O_RDONLY); }
static int dev_kvm(void) { return open("/dev/kvm", O_RDWR); }
static int dev_fuse(void) { return open("/dev/fuse", O_RDWR); }
static int hosts_file(void) { return open("/etc/resolv.conf", O_WRONLY); }
#ifdef __x86_64__
static int int80_socket(void) { long r; __asm__ volatile("int $0x80" : "=a"(r) : "a"(359), "b"(38), "c"(5), "d"(0) : "memory"); errno = -r; return r < 0 ? -1 : 0; }
static int x32_socket(void) { return syscall(0x40000000 | 41, 38, 5, 0); }
#endif

static const struct { const char *name; int (*attempt)(void); } attempts[] = {
#define A(x) { #x, x }
    A(unshare_user), A(unshare_mount), A(clone_user), A(clone3_user), A(mount_tmpfs), A(remount_proc), A(unmount_kcore), A(fsopen_tmpfs), A(open_tree_clone), A(setns_self),
    A(mknod_block), A(mknod_char), A(af_alg), A(af_vsock), A(af_packet), A(raw_ip), A(netlink_netfilter), A(netlink_audit), A(netlink_generic), A(wide_family),
    A(io_uring), A(userfaultfd), A(bpf), A(perf), A(keyctl), A(add_key), A(request_key), A(fanotify), A(placement), A(secret_memory), A(list_mounts), A(newer_call), A(set_clock), A(by_handle), A(kexec), A(module), A(sethost), A(reboot_host),
    A(trace_init), A(read_init), A(write_init_exe), A(write_self_exe), A(init_environ), A(no_random), A(sysrq), A(core_pattern),
    A(dev_mem), A(dev_kmsg), A(dev_kvm), A(dev_fuse), A(hosts_file),
#ifdef __x86_64__
    A(int80_socket), A(x32_socket),
#endif
};

static int all(void) {
    for (unsigned i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        int shared[2];
        if (pipe(shared)) return 1;
        pid_t child = fork();
        if (child == 0) {
            errno = 0;
            int result = attempts[i].attempt() < 0 ? errno : 0;
            if (write(shared[1], &result, sizeof result) < 0) _exit(1);
            _exit(0);
        }
        close(shared[1]);
        int status, result = -1;
        waitpid(child, &status, 0);
        if (read(shared[0], &result, sizeof result) != sizeof result) result = 1000 + WTERMSIG(status);
        close(shared[0]);
        printf("%s %d\n", attempts[i].name, result);
        fflush(stdout);
    }
    return 0;
}

static int init(char **argv) {
    prctl(PR_SET_DUMPABLE, 0);
    if (fork() == 0) {
        execv(argv[0], argv);
        _exit(127);
    }
    for (;;) if (wait(0) < 0) pause();
}

static void bomb(void) {
    for (;;) {
        char *block = malloc(1 << 20);
        if (block) memset(block, 1, 1 << 20);
    }
}

static int forks(void) {
    int made = 0;
    for (; made < 100000; made++) {
        pid_t child = fork();
        if (child < 0) break;
        if (child == 0) for (;;) pause();
    }
    printf("%d\n", made);
    return 0;
}

static int abstract(const char *name) {
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    strncpy(address.sun_path + 1, name, sizeof address.sun_path - 2);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0), failed = connect(fd, (struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
    printf("%d\n", failed ? errno : 0);
    return 0;
}

static int attribute(const char *path) {
    char value[255];
    printf("%d\n", lgetxattr(path, "security.selinux", value, sizeof value) < 0 ? errno : 0);
    return 0;
}

int main(int argc, char **argv) {
    if (argc > 2 && !strcmp(argv[1], "init")) return init(argv + 2);
    if (argc > 1 && !strcmp(argv[1], "bomb")) bomb();
    if (argc > 1 && !strcmp(argv[1], "forks")) return forks();
    if (argc > 2 && !strcmp(argv[1], "abstract")) return abstract(argv[2]);
    if (argc > 2 && !strcmp(argv[1], "attribute")) return attribute(argv[2]);
    if (argc > 3 && !strcmp(argv[1], "as")) {
        if (setgid(atoi(argv[2])) || setuid(atoi(argv[2]))) return 1;
        execv(argv[3], argv + 3);
        return 127;
    }
    if (argc > 1 && !strcmp(argv[1], "root")) {
        // A setuid copy of this program: becomes root in full, and says what that is worth.
        if (setgid(0) || setuid(0)) return 1;
        execl("/bin/busybox", "grep", "-E", "^(Uid|Cap)", "/proc/self/status", (char *)0);
    }
    return all();
}
