using System.Collections.Immutable;

namespace Atoll.Machine.Isolation.Seccomp;

/// <summary>
/// System calls that are allowed whatever their arguments, by name. Made from the kernel's list (asm/unistd_64.h, asm-generic/unistd.h) by leaving out: namespaces and mounts of every
/// age (mount, fsopen, fsconfig, open_tree, move_mount, mount_setattr, unshare, setns, pivot_root, umount2, sethostname), keys (add_key, request_key, keyctl),
/// bpf, perf_event_open, io_uring_*, userfaultfd, open_by_handle_at, kernel modules and kexec, raw I/O ports, the host's clock, log, swap, quota and accounting, NUMA placement, fanotify,
/// looking into other processes' descriptors (pidfd_getfd, kcmp), memory outside any reckoning (memfd_secret), and calls that have been dead for years.
/// <para>ptrace and process_vm_* stay, for debuggers: process 1 keeps them out by PR_SET_DUMPABLE, since what may trace a non-dumpable process needs CAP_SYS_PTRACE,
/// which nothing inside can have.</para>
/// </summary>
internal static class SyscallTable
{
    public static readonly ImmutableArray<string> Common =
    [
        "accept", "accept4", "adjtimex", "bind", "brk", "capget", "capset", "chdir", "chroot", "clock_adjtime", "clock_getres", "clock_gettime",
        "clock_nanosleep", "close", "close_range", "connect", "copy_file_range", "dup", "dup3", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2",
        "eventfd2", "execve", "execveat", "exit", "exit_group", "faccessat", "faccessat2", "fadvise64", "fallocate", "fchdir", "fchmod", "fchmodat",
        "fchmodat2", "fchown", "fchownat", "fcntl", "fdatasync", "fgetxattr", "flistxattr", "flock", "fremovexattr", "fsetxattr", "fstat", "fstatfs",
        "fsync", "ftruncate", "futex", "futex_waitv", "get_robust_list", "getcpu", "getcwd", "getdents64", "getegid", "geteuid", "getgid", "getgroups",
        "getitimer", "getpeername", "getpgid", "getpid", "getppid", "getpriority", "getrandom", "getresgid", "getresuid", "getrlimit", "getrusage", "getsid",
        "getsockname", "getsockopt", "gettid", "gettimeofday", "getuid", "getxattr", "inotify_add_watch", "inotify_init1", "inotify_rm_watch", "io_cancel",
        "io_destroy", "io_getevents", "io_pgetevents", "io_submit", "ioprio_get", "ioprio_set", "kill", "landlock_add_rule",
        "landlock_create_ruleset", "landlock_restrict_self", "lgetxattr", "linkat", "listen", "listxattr", "llistxattr", "lremovexattr", "lseek",
        "lsetxattr", "lstat", "madvise", "membarrier", "memfd_create", "mincore", "mkdirat", "mlock", "mlock2", "mlockall", "mmap", "mprotect",
        "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedsend", "mq_unlink", "mremap", "msgctl", "msgget", "msgrcv", "msgsnd", "msync",
        "munlock", "munlockall", "munmap", "name_to_handle_at", "nanosleep", "newfstatat", "openat", "openat2", "pidfd_open", "pidfd_send_signal", "pipe2",
        "pkey_alloc", "pkey_free", "pkey_mprotect", "ppoll", "prctl", "pread64", "preadv", "preadv2", "prlimit64", "process_mrelease", "process_vm_readv",
        "process_vm_writev", "pselect6", "ptrace", "pwrite64", "pwritev", "pwritev2", "read", "readahead", "readlinkat", "readv", "recvfrom", "recvmmsg",
        "recvmsg", "removexattr", "renameat", "renameat2", "restart_syscall", "rseq", "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigqueueinfo",
        "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "rt_tgsigqueueinfo", "sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity",
        "sched_getattr", "sched_getparam", "sched_getscheduler", "sched_rr_get_interval", "sched_setaffinity", "sched_setattr", "sched_setparam",
        "sched_setscheduler", "sched_yield", "seccomp", "semctl", "semget", "semop", "semtimedop", "sendfile", "sendmmsg", "sendmsg", "sendto",
        "set_robust_list", "set_tid_address", "setfsgid", "setfsuid", "setgid", "setgroups", "setitimer", "setpgid", "setpriority", "setregid", "setresgid",
        "setresuid", "setreuid", "setrlimit", "setsid", "setsockopt", "setuid", "setxattr", "shmat", "shmctl", "shmdt", "shmget", "shutdown", "sigaltstack",
        "signalfd4", "splice", "stat", "statfs", "statx", "symlinkat", "sync", "sync_file_range", "syncfs", "sysinfo", "tee", "tgkill", "timer_create",
        "timer_delete", "timer_getoverrun", "timer_gettime", "timer_settime", "timerfd_create", "timerfd_gettime", "timerfd_settime", "times", "tkill",
        "truncate", "umask", "uname", "unlinkat", "utimensat", "vmsplice", "wait4", "waitid", "write", "writev",
    ];

    public static readonly ImmutableArray<string> X64Only =
    [
        "access", "alarm", "arch_prctl", "chmod", "chown", "creat", "dup2", "epoll_create", "epoll_wait", "eventfd", "fork", "futimesat", "get_thread_area",
        "getdents", "getpgrp", "inotify_init", "lchown", "link", "mkdir", "modify_ldt", "open", "pause", "pipe", "poll", "readlink", "rename",
        "rmdir", "select", "set_thread_area", "signalfd", "symlink", "time", "unlink", "utime", "utimes", "vfork",
    ];

    /// <summary>
    /// What <see cref="Common"/> and <see cref="X64Only"/> leave out of the kernel's list (6.18) and is no dead call: for where refusing is cheaper than allowing. An architecture
    /// need not have all of them. Without <c>sethostname</c>, which process 1 alone has the right for (<see cref="LaunchPlan.PreparesKernel"/>).
    /// </summary>
    public static readonly ImmutableArray<string> Refused =
    [
        "acct", "add_key", "bpf", "clock_settime", "delete_module", "fanotify_init", "fanotify_mark", "finit_module", "fsconfig", "fsmount", "fsopen", "fspick",
        "get_mempolicy", "init_module", "io_uring_enter", "io_uring_register", "io_uring_setup", "ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load", "keyctl",
        "listmount", "mbind", "memfd_secret", "migrate_pages", "mount", "mount_setattr", "move_mount", "move_pages", "open_by_handle_at", "open_tree",
        "open_tree_attr", "perf_event_open", "pidfd_getfd", "pivot_root", "process_madvise", "quotactl", "quotactl_fd", "reboot", "remap_file_pages", "request_key",
        "set_mempolicy", "set_mempolicy_home_node", "setdomainname", "setns", "settimeofday", "statmount", "swapoff", "swapon", "umount2", "unshare",
        "userfaultfd", "vhangup",
    ];

    /// <summary>
    /// What Linux refuses users without the right for it, by EPERM: programs that call these know that answer, and tell their users to become root. All the rest that is not here is
    /// answered as a kernel without it does.
    /// </summary>
    public static readonly ImmutableArray<string> NotPermitted =
    [
        "acct", "bpf", "clock_settime", "delete_module", "finit_module", "fsconfig", "fsmount", "fsopen", "fspick", "init_module", "kcmp", "kexec_file_load", "kexec_load", "mount",
        "mount_setattr", "move_mount", "open_by_handle_at", "open_tree", "perf_event_open", "pidfd_getfd", "pivot_root", "quotactl", "quotactl_fd", "reboot", "setdomainname", "sethostname",
        "setns", "settimeofday", "swapoff", "swapon", "syslog", "umount2", "unshare", "vhangup",
    ];

    public static readonly ImmutableArray<string> NotPermittedOnX64 = ["ioperm", "iopl"];

    /// <summary>
    /// Of <see cref="Refused"/>, what a kernel of the sandbox's own may answer by itself, because the only refusal that gVisor has (EPERM) would be the wrong word: what it has not, and says so
    /// (ENOSYS; keys: EACCES), and placement of memory, which it takes note of and does nothing about. None of it asks the host for anything.
    /// </summary>
    public static readonly ImmutableArray<string> OwnKernelAnswers =
    [
        "add_key", "fanotify_init", "fanotify_mark", "get_mempolicy", "io_uring_enter", "io_uring_register", "io_uring_setup", "listmount", "mbind", "process_madvise", "remap_file_pages",
        "request_key", "set_mempolicy", "set_mempolicy_home_node", "statmount", "userfaultfd",
    ];
}
