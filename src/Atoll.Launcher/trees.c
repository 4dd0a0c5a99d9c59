// Host folders as detached mounts: opened once by a trusted path of the server's, and never by a path again.
#define _GNU_SOURCE
#include "launcher.h"
#include "syscalls.h"

static int clone_tree(const char *path, const char *step) {
    int tree = sys_open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
    check(tree, step, path);
    return tree;
}

// Files of uid 0 on the disk are root's inside, who is first_uid outside. Device nodes in the image are dead; its setuid programs work, inside the range.
int root_tree(const struct plan *plan, int user_ns) {
    int tree = clone_tree(plan->root, "clone_root");
    struct mount_attr attributes = { .attr_set = MOUNT_ATTR_IDMAP | MOUNT_ATTR_NODEV, .userns_fd = user_ns };
    check(sys_mount_setattr(tree, 0, &attributes), "idmap_root", plan->root);
    return tree;
}

// With exec in so many words: Debian mounts /run without.
int guest_tree(const struct plan *plan) {
    int tree = clone_tree(plan->guest, "clone_guest");
    struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, .attr_clr = MOUNT_ATTR_NOEXEC };
    check(sys_mount_setattr(tree, 0, &attributes), "protect_guest", plan->guest);
    return tree;
}

// Ids mapped as the root's are: a file has the same owner in every sandbox. Nothing in it is set-id or a device here, whoever made it.
void volume_trees(struct plan *plan, int user_ns) {
    for (int i = 0; i < plan->n_volumes; i++) {
        struct volume *volume = &plan->volumes[i];
        volume->tree = clone_tree(volume->source, "clone_volume");
        struct mount_attr attributes = { .attr_set = MOUNT_ATTR_IDMAP | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, .userns_fd = user_ns };
        if (volume->read_only) attributes.attr_set |= MOUNT_ATTR_RDONLY;
        check(sys_mount_setattr(volume->tree, 0, &attributes), "idmap_volume", volume->source);
    }
}
