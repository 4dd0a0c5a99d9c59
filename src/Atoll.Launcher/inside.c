// The file system as the sandbox sees it, built in its own mount namespace while nothing of the sandbox runs. Every destination is a descriptor, looked up below
// the new root without following any link (openat2); every source is a mount made here or handed in. No path of the image is ever trusted.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include "launcher.h"
#include "syscalls.h"
#include "view.h"

static int lookup(int root, const char *path) {
    struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS };
    return sys_openat2(root, path, &how);
}

static int find(int root, const char *path) {
    int fd = lookup(root, path);
    check(fd, "openat2", path);
    return fd;
}

static void put(int tree, int at, const char *name) { check(sys_move_mount(tree, at, "", MOVE_MOUNT_T_EMPTY_PATH), "move_mount", name); }

static int copy_of(int fd, unsigned flags, const char *name) {
    int tree = sys_open_tree(fd, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags);
    check(tree, "open_tree", name);
    return tree;
}

// A file system of its own: "nosuid,noexec" are attributes of the mount, "mode=755,size=64k" options of the file system.
int file_system(const char *type, const char *attributes, const char *options) {
    int fs = sys_fsopen(type);
    check(fs, "fsopen", type);
    char text[512], *rest = text, *option;
    if (snprintf(text, sizeof text, "%s", options) >= (int)sizeof text) fail_with(E2BIG, "fsconfig", type);
    while ((option = strsep(&rest, ","))) {
        if (!*option) continue;
        char *value = strchr(option, '=');
        if (value) *value++ = 0;
        check(sys_fsconfig(fs, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, option, value), "fsconfig", option);
    }
    check(sys_fsconfig(fs, FSCONFIG_CMD_CREATE, 0, 0), "fscreate", type);
    int tree = sys_fsmount(fs, (unsigned)strtoul(attributes, 0, 16));
    check(tree, "fsmount", type);
    close(fs);
    return tree;
}

static void give(int folder, const char *name, uid_t owner, mode_t mode) {
    check(fchownat(folder, name, owner, owner, AT_SYMLINK_NOFOLLOW), "fchownat", name);
    if (mode) check(fchmodat(folder, name, mode, 0), "fchmodat", name);
}

// A read-only folder of ours that is nowhere in sight: the files that appear below /etc, and the nothing that covers what is masked.
static void fill(int store, const struct plan *plan) {
    check(mkdirat(store, "folder", 0555), "mkdirat", "folder");
    give(store, "folder", plan->first_uid, 0555);
    check(mknodat(store, "file", S_IFREG | 0444, 0), "mknodat", "file");
    give(store, "file", plan->first_uid, 0444);
    for (int i = 0; i < plan->n_files; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        int fd = openat(store, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        check(fd, "openat", plan->files[i].name);
        size_t length = strlen(plan->files[i].content);
        if (write(fd, plan->files[i].content, length) != (ssize_t)length) fail("write", plan->files[i].name);
        close(fd);
        give(store, name, plan->first_uid, 0644);
    }
    struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };
    check(sys_mount_setattr(store, 0, &attributes), "mount_setattr", "store");
}

// Nodes are made here, in a file system that was empty a moment ago, and never taken from the image (CVE-2025-31133, CVE-2026-41579).
static void fill_devices(int dev, uid_t owner) {
    static const struct { const char *name; int major, minor; } nodes[] = {
        { "null", 1, 3 }, { "zero", 1, 5 }, { "full", 1, 7 }, { "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 },
    };
    static const struct { const char *name, *target; } links[] = {
        { "fd", "/proc/self/fd" }, { "stdin", "/proc/self/fd/0" }, { "stdout", "/proc/self/fd/1" }, { "stderr", "/proc/self/fd/2" }, { "ptmx", "pts/ptmx" },
    };
    for (unsigned i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        check(mknodat(dev, nodes[i].name, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)), "mknodat", nodes[i].name);
        give(dev, nodes[i].name, owner, 0666);
    }
    for (unsigned i = 0; i < sizeof links / sizeof *links; i++) {
        check(symlinkat(links[i].target, dev, links[i].name), "symlinkat", links[i].name);
        give(dev, links[i].name, owner, 0);
    }
    static const char *const folders[] = { "pts", "shm", "mqueue" };
    for (unsigned i = 0; i < sizeof folders / sizeof *folders; i++) {
        check(mkdirat(dev, folders[i], 0755), "mkdirat", folders[i]);
        give(dev, folders[i], owner, 0755);
    }
}

static void mount_all(const struct plan *plan, int root) {
    for (int i = 0; i < plan->n_mounts; i++) {
        const struct mount *mount = &plan->mounts[i];
        int tree = file_system(mount->type, mount->attributes, mount->options), at = find(root, mount->destination);
        if (!strcmp(mount->destination, "/dev")) fill_devices(tree, plan->first_uid);
        put(tree, at, mount->destination);
        close(at);
        close(tree);
    }

    // What is below is trusted to be the kernel's: look once that it is (CVE-2019-19921, CVE-2023-27561).
    struct statfs what;
    int proc = find(root, "/proc");
    check(fstatfs(proc, &what), "fstatfs", "/proc");
    if (what.f_type != PROC_SUPER_MAGIC) fail_with(EBADF, "fstatfs", "/proc");
    close(proc);
}

static void mask(int root, const char *path, int folder, int file) {
    int at = lookup(root, path);
    if (at < 0 && errno == ENOENT) return;
    check(at, "openat2", path);
    struct stat what;
    check(fstat(at, &what), "fstat", path);
    int tree = copy_of(S_ISDIR(what.st_mode) ? folder : file, 0, path);
    put(tree, at, path);
    close(tree);
    close(at);
}

static void protect(int root, const char *path) {
    int at = lookup(root, path);
    if (at < 0 && errno == ENOENT) return;
    check(at, "openat2", path);
    int tree = copy_of(at, AT_RECURSIVE, path);
    struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };
    check(sys_mount_setattr(tree, AT_RECURSIVE, &attributes), "mount_setattr", path);
    put(tree, at, path);
    close(tree);
    close(at);
}

// What says of the machine how large it is, in words of our own. A kernel that has no such file needs none.
static void replace(int root, const int *files) {
    for (int i = 0; i < VIEW_FILES; i++) {
        int at = files[i] < 0 ? -1 : lookup(root, view_paths[i]);
        if (files[i] < 0 || (at < 0 && errno == ENOENT)) continue;
        check(at, "openat2", view_paths[i]);
        put(files[i], at, view_paths[i]);
        close(files[i]);
        close(at);
    }
}

void build_inside(const struct plan *plan, int root, int guest, const int *files) {
    // From here on nothing that is mounted is seen by the host, nor the other way round.
    check(mount(0, "/", 0, MS_REC | MS_PRIVATE, 0), "make_private", "/");

    // Both are put on one folder, one over the other, in this namespace only: a mount can be copied only while it is attached somewhere.
    const char *place = plan->mount_space ? "/" : plan->root;
    int store = file_system("tmpfs", "0", "mode=755,size=256k,nr_inodes=64");
    check(sys_move_mount(store, AT_FDCWD, place, 0), "move_mount", "store");
    fill(store, plan);
    int folder = find(store, "/folder"), file = find(store, "/file");
    check(sys_move_mount(root, AT_FDCWD, place, 0), "move_mount", plan->root);

    mount_all(plan, root);
    int at = find(root, plan->guest_at);
    put(guest, at, plan->guest_at);
    close(at);
    for (int i = 0; i < plan->n_volumes; i++) {
        int where = find(root, plan->volumes[i].at);
        put(plan->volumes[i].tree, where, plan->volumes[i].at);
        close(plan->volumes[i].tree);
        close(where);
    }
    for (int i = 0; i < plan->n_files; i++) {
        char name[16];
        snprintf(name, sizeof name, "/%d", i);
        int from = find(store, name), to = find(root, plan->files[i].name), tree = copy_of(from, 0, name);
        put(tree, to, plan->files[i].name);
        close(tree);
        close(to);
        close(from);
    }
    for (int i = 0; i < plan->n_masked; i++) mask(root, plan->masked[i], folder, file);
    for (int i = 0; i < plan->n_read_only; i++) protect(root, plan->read_only[i]);
    replace(root, files);

    // pivot_root(2), "pivot_root(".", ".")": the old root ends up on top of the new one, and is let go with all that was the host's.
    check(fchdir(root), "fchdir", plan->root);
    check(sys_pivot_root(".", "."), "pivot_root", plan->root);
    // umount2(2) takes the topmost of what lies on a place. Where the old root is an empty one, the store is still on it and comes first: left there, either would be what ".." leads to from below "/".
    for (int covers = plan->mount_space ? 2 : 1; covers > 0; covers--) check(umount2(".", MNT_DETACH), "umount", "old root");
    check(chdir("/"), "chdir", "/");
}
