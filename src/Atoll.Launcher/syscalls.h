// Calls that the C library of the build host may not have yet; numbers since 5.0 are the same on every architecture.
#ifndef ATOLL_SYSCALLS_H
#define ATOLL_SYSCALLS_H
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline int sys_open_tree(int dir, const char *path, unsigned flags) { return (int)syscall(428, dir, path, flags); }
static inline int sys_move_mount(int from, int to, const char *path, unsigned flags) { return (int)syscall(429, from, "", to, path, MOVE_MOUNT_F_EMPTY_PATH | flags); }
static inline int sys_fsopen(const char *type) { return (int)syscall(430, type, 1 /* FSOPEN_CLOEXEC */); }
static inline int sys_fsconfig(int fs, unsigned command, const char *key, const char *value) { return (int)syscall(431, fs, command, key, value, 0); }
static inline int sys_fsmount(int fs, unsigned attributes) { return (int)syscall(432, fs, 1 /* FSMOUNT_CLOEXEC */, attributes); }
static inline int sys_close_range(unsigned first, unsigned last, unsigned flags) { return (int)syscall(436, first, last, flags); }
static inline int sys_openat2(int dir, const char *path, struct open_how *how) { return (int)syscall(437, dir, path, how, sizeof *how); }
static inline int sys_mount_setattr(int dir, unsigned flags, struct mount_attr *attributes) { return (int)syscall(442, dir, "", AT_EMPTY_PATH | flags, attributes, sizeof *attributes); }
static inline int sys_landlock_create_ruleset(const void *attributes, size_t size, unsigned flags) { return (int)syscall(444, attributes, size, flags); }
static inline int sys_landlock_restrict_self(int rules, unsigned flags) { return (int)syscall(446, rules, flags); }
static inline int sys_pivot_root(const char *new_root, const char *old_root) { return (int)syscall(SYS_pivot_root, new_root, old_root); }

#endif
