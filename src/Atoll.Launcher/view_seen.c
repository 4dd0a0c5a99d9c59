// Where the numbers are: found by the launcher while it may still look, held as descriptors.
#define _GNU_SOURCE
#include <linux/btrfs.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include "syscalls.h"
#include "view.h"

static const struct seen nothing = { .memory = -1, .cpu = -1, .times = -1, .tasks = -1, .proc = -1, .btrfs = -1 };

static int folder(const char *path) { return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC); }

// The group itself or, where that has no limit of its own, the one above it that has.
static int limited(int group, const char *file) {
    const uint64_t none = 1ull << 60;
    if (group < 0 || see_number(group, file) < none) return group;
    int above = openat(group, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (above >= 0 && see_number(above, file) < none) return above;
    if (above >= 0) close(above);
    return group;
}

static void see_groups(struct seen *seen, const struct plan *plan) {
    if (plan->group) {
        seen->version2 = 1;
        seen->memory = seen->cpu = seen->times = seen->tasks = folder(plan->group);
    }
    // v1 has a folder for each: what lies in it tells which one it is.
    for (int i = 0; i < plan->n_groups; i++) {
        int fd = folder(plan->groups[i]);
        if (seen->memory < 0 && !faccessat(fd, "memory.limit_in_bytes", F_OK, 0)) seen->memory = fd;
        if (seen->cpu < 0 && !faccessat(fd, "cpu.cfs_quota_us", F_OK, 0)) seen->cpu = fd;
        if (seen->times < 0 && !faccessat(fd, "cpuacct.stat", F_OK, 0)) seen->times = fd;
        if (seen->tasks < 0 && !faccessat(fd, "pids.current", F_OK, 0)) seen->tasks = fd;
        if (fd >= 0 && fd != seen->memory && fd != seen->cpu && fd != seen->times && fd != seen->tasks) close(fd);
    }
    seen->memory = limited(seen->memory, seen->version2 ? "memory.max" : "memory.limit_in_bytes");
    seen->cpu = limited(seen->cpu, seen->version2 ? "cpu.max" : "cpu.cfs_quota_us");
}

// A pool on another file system has no such folder, and shows what it has itself.
void see_disk(struct seen *to, int root, int btrfs) {
    enum { FIRST_OBJECT = 256 }; // the root directory of every subvolume
    struct btrfs_ioctl_ino_lookup_args place = { .objectid = FIRST_OBJECT };
    struct btrfs_ioctl_fs_info_args fs = { 0 };
    struct stat what;
    if (fstat(root, &what) || ioctl(root, BTRFS_IOC_INO_LOOKUP, &place) || ioctl(root, BTRFS_IOC_FS_INFO, &fs)) return;
    const uint8_t *u = fs.fsid;
    char path[128];
    snprintf(path, sizeof path, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x/qgroups/0_%llu",
        u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15], (unsigned long long)place.treeid);
    struct disk disk = { what.st_dev, openat(btrfs, path, O_PATH | O_DIRECTORY | O_CLOEXEC) };
    if (disk.quota < 0) return;
    if (to->n_disks < MAX_DISKS) to->disks[to->n_disks++] = disk;
    else close(disk.quota);
}

static void see_disks(struct seen *seen, const struct plan *plan) {
    int btrfs = folder("/sys/fs/btrfs");
    for (int i = -1; i < plan->n_volumes; i++) {
        int root = open(i < 0 ? plan->root : plan->volumes[i].source, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (root < 0) continue;
        see_disk(seen, root, btrfs);
        close(root);
    }
    if (btrfs >= 0) close(btrfs);
}

static void see_host(struct seen *seen, const struct plan *plan) {
    static unsigned long mask[1024];
    long size = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    for (long i = 0; i < size / (long)sizeof *mask; i++) seen->cores += __builtin_popcountl(mask[i]);
    struct timespec now, up;
    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_BOOTTIME, &up);
    seen->booted = now.tv_sec - up.tv_sec - (now.tv_nsec < up.tv_nsec);
    seen->owner = plan->first_uid;
    seen->turn = (int)(plan->first_uid / RANGE);
    seen->proc = folder("/proc");
    check(seen->proc, "open", "/proc");
}

struct seen see_all(const struct plan *plan) {
    struct seen seen = nothing;
    see_groups(&seen, plan);
    see_disks(&seen, plan);
    see_host(&seen, plan);
    return seen;
}

struct seen see_disks_later(void) {
    struct seen seen = nothing;
    seen.proc = folder("/proc");
    seen.btrfs = folder("/sys/fs/btrfs");
    return seen;
}
