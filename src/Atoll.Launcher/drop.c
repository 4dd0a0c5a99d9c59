// What process 1 gives up before its program runs. The order matters: each step needs a right that a later one takes away.
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "launcher.h"
#include "syscalls.h"

// The three standard streams are the sandbox's own /dev/null, but for the socket on which process 1 is called and two files of a cgroup of its own; everything else is closed when its program runs.
static void close_host(int listening, const int work[2]) {
    int null = open("/dev/null", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    check(null, "open", "/dev/null");
    struct stat what;
    check(fstat(null, &what), "fstat", "/dev/null");
    if (!S_ISCHR(what.st_mode) || what.st_rdev != makedev(1, 3)) fail_with(ENODEV, "fstat", "/dev/null");
    for (int fd = 0; fd < 3; fd++) check(dup2(null, fd), "dup2", "/dev/null");
    if (listening >= 0) check(dup2(listening, 0), "dup2", "port");
    for (int i = 0; i < 2; i++) if (work[i] >= 0) check(dup2(work[i], 1 + i), "dup2", "work group");
    check(sys_close_range(3, ~0u, 4 /* CLOSE_RANGE_CLOEXEC */), "close_range", "host");
}

// A second lock behind the network and pid namespaces: no abstract unix socket and no signal crosses to what is outside. Landlock ABI 6 (Linux 6.12); older kernels
// do without. No file rules: they only ever allow, and what they leave out (rename between folders, mounts) breaks ordinary programs.
static void lock_scopes(void) {
    enum { VERSION = 1, SCOPES_SINCE = 6, ABSTRACT_SOCKETS = 1, SIGNALS = 2 };
    if (sys_landlock_create_ruleset(0, 0, VERSION) < SCOPES_SINCE) return;
    struct { uint64_t files, network, scopes; } attributes = { 0, 0, ABSTRACT_SOCKETS | SIGNALS };
    int rules = sys_landlock_create_ruleset(&attributes, sizeof attributes, 0);
    check(rules, "landlock_create_ruleset", "scopes");
    check(sys_landlock_restrict_self(rules, 0), "landlock_restrict_self", "scopes");
    close(rules);
}

static void set_limits(const struct plan *plan) {
    for (int i = 0; i < plan->n_limits; i++) {
        struct rlimit limit = { plan->limits[i].value, plan->limits[i].value };
        check(setrlimit(plan->limits[i].resource, &limit), "setrlimit", "limit");
    }
}

// Root of the sandbox's own user namespace: every right it has from here on counts for its own ids, and for nothing of the host's.
static void become_root_inside(int user_ns) {
    check(setns(user_ns, CLONE_NEWUSER), "setns", "user namespace");
    check(setgroups(0, 0), "setgroups", "0");
    check(setresgid(0, 0, 0), "setresgid", "0");
    check(setresuid(0, 0, 0), "setresuid", "0");
}

static void drop_bounding(uint64_t kept) {
    for (int cap = 0; cap < 64; cap++) {
        if (kept >> cap & 1) continue;
        if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0) {
            if (errno == EINVAL && cap > CAP_SETFCAP) return; // beyond this kernel's last
            fail("capbset_drop", "bounding set");
        }
    }
}

// Inheritable and ambient are empty (CVE-2022-29162, CVE-2022-27650).
static void keep_capabilities(uint64_t kept) {
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[2] = {
        { .effective = (uint32_t)kept, .permitted = (uint32_t)kept },
        { .effective = (uint32_t)(kept >> 32), .permitted = (uint32_t)(kept >> 32) },
    };
    check((int)syscall(SYS_capset, &header, data), "capset", "capabilities");
}

// "(unreachable)": a working directory outside the root, as by a descriptor that was left open (CVE-2024-21626).
static void check_working_directory(void) {
    char path[8];
    check(chdir("/"), "chdir", "/");
    if ((int)syscall(SYS_getcwd, path, sizeof path) != 2 || strcmp(path, "/")) fail_with(EXDEV, "getcwd", "/");
}

void drop_everything(const struct plan *plan, int user_ns, int listening, const int work[2], int calls) {
    // Dead to terminal tricks: no controlling terminal (CVE-2017-5226).
    check(setsid(), "setsid", "session");
    umask(022);
    close_host(listening, work);
    set_limits(plan);
    lock_scopes();
    become_root_inside(user_ns);
    drop_bounding(plan->capabilities);
    check_working_directory();
    hand_over_calls(calls);
    // Without no_new_privs, so that sudo works; it takes CAP_SYS_ADMIN, which we have until the next line, over our own namespace.
    check((int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &plan->filter), "seccomp", "filter");
    keep_capabilities(plan->capabilities);
}
