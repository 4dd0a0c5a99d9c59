// What a sandbox is shown of the machine: its own cores, memory and disk instead of the host's. Two small processes per sandbox serve it, view.c has how.
#ifndef ATOLL_VIEW_H
#define ATOLL_VIEW_H
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "launcher.h"

enum { MAX_DISKS = MAX_ITEMS + 1 };

// The device number of the files on it, and the folder of its quota below /sys/fs/btrfs.
struct disk { dev_t device; int quota; };

// Descriptors and numbers that were found before all rights were given up.
struct seen {
    int memory, cpu, times, tasks; // the sandbox's cgroups, by what is read in them; -1 where there is none
    int version2;                  // whether their files are those of cgroup v2
    int proc;                      // the host's /proc
    struct disk disks[MAX_DISKS];  // its own and its volumes, as far as they have quotas
    int n_disks;
    int btrfs;                     // /sys/fs/btrfs, where disks are found as they are asked for; else -1
    uid_t owner;                   // root inside
    int turn;                      // which of many this sandbox is: 0, 1, ...
    int cores;                     // of the host
    time_t booted;                 // when the host was
};

// view_texts.c: numbers in bytes but for the cores.
struct memory { uint64_t total, used, cached, shared, mapped, dirty, writeback, active_anonymous, inactive_anonymous, active_file, inactive_file, reclaimable; };
void see_memory(const struct seen *seen, struct memory *memory);
int see_cores(const struct seen *seen);
uint64_t see_number(int folder, const char *file);
size_t text_of(const struct seen *seen, unsigned file, const char **text);

// The files, in the order of view_paths.
extern const char *const view_paths[VIEW_FILES];

// view_files.c: answers the kernel's questions for those files until they are unmounted.
_Noreturn void serve_files(const struct seen *seen, const int devices[VIEW_FILES]);

// view_calls.c: answers system calls in the kernel's stead until the last process of the sandbox has ended.
_Noreturn void serve_calls(struct seen *seen, int calls);
int watch_calls(int all);

// view_seen.c: for a sandbox; for what runs a runtime's file server, which is asked for disks nobody has named.
struct seen see_all(const struct plan *plan);
struct seen see_disks_later(void);

// Adds a disk to those seen, if it has a quota. btrfs: /sys/fs/btrfs.
void see_disk(struct seen *seen, int root, int btrfs);

// view.c: no more of these than is reasonable, whoever asks: what they cost is nobody's.
void pace(void);

#endif
