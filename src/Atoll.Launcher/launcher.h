// What the files of the launcher share. The flow is in launcher.c.
#ifndef ATOLL_LAUNCHER_H
#define ATOLL_LAUNCHER_H
#include <linux/filter.h>
#include <stdint.h>
#include <sys/types.h>

// Bounds of a plan. The whole fits into a pipe, so that the server writes it before the launcher runs.
enum { MAX_PLAN = 64 * 1024, MAX_ITEMS = 256, RANGE = 65536 };

struct mount { char *destination, *type, *attributes, *options; };
struct file { char *name, *content; };
struct volume { char *source, *at; int read_only, tree; };
struct limit { int resource; uint64_t value; };

// Everything that the server decides. Strings point into the message.
struct plan {
    char *root;              // the root file system, on the host
    char *network;           // path of the network namespace; empty: a new one
    uint16_t port;           // where process 1 is called; 0: nowhere
    char *mount_space;       // path of a mount namespace with next to nothing in it, to begin with; empty: the caller's
    char *hostname;
    char *guest, *guest_at;  // a host folder, and where it appears inside
    uint32_t first_uid;      // host uid and gid of root inside; RANGE follow
    uint64_t capabilities;
    int oom_score;
    char *groups[MAX_ITEMS]; // cgroup v1: folders to be in
    char *work_join, *work_count; // of a cgroup in there for what process 1 starts: whoever writes into the one joins, the other says how many there are; may be 0
    char *group;             // cgroup v2: the folder to be in; may be 0
    struct mount mounts[MAX_ITEMS];
    struct volume volumes[MAX_ITEMS]; // host folders that other sandboxes have too
    struct file files[MAX_ITEMS];
    char *masked[MAX_ITEMS], *read_only[MAX_ITEMS];
    struct limit limits[MAX_ITEMS];
    char *argv[MAX_ITEMS + 1], *env[MAX_ITEMS + 1];
    struct sock_fprog filter;
    int n_groups, n_mounts, n_files, n_masked, n_read_only, n_volumes, n_limits, n_argv, n_env;
};

// report.c: one line to the server and the end. "error ERRNO STEP SUBJECT": each failing call has a step of its own.
extern int report_to;
_Noreturn void fail(const char *step, const char *subject);
_Noreturn void fail_with(int error, const char *step, const char *subject);
void check(int result, const char *step, const char *subject);

// plan.c
void plan_read(struct plan *plan);

// namespaces.c
int user_namespace(uint32_t first_uid);
void enter_network(const char *path);
int listener(uint16_t port);
void enter_groups(const struct plan *plan);
int open_group(const struct plan *plan);
void open_work(const struct plan *plan, int work[2]);
void enter_mounts(const char *path);
pid_t split(int group);

// trees.c: host folders as mounts that nothing is attached to yet.
int root_tree(const struct plan *plan, int user_ns);
int guest_tree(const struct plan *plan);
void volume_trees(struct plan *plan, int user_ns);

// inside.c: the file system as the sandbox sees it.
int file_system(const char *type, const char *attributes, const char *options);
void build_inside(const struct plan *plan, int root, int guest, const int *files);

// view.c: starts what shows the sandbox its own share of the machine. files: mounts that replace some of /proc and /sys, in the order of view_paths, -1 where there is no FUSE;
// calls: where process 1 sends the listener of watch_calls.
enum { VIEW_FILES = 4 };
struct view { int files[VIEW_FILES], calls; };
struct view start_view(const struct plan *plan, int user_ns);
void hand_over_calls(int to);
_Noreturn void show_disk(char **command);

// drop.c: what process 1 gives up, for good.
void drop_everything(const struct plan *plan, int user_ns, int listening, const int work[2], int calls);

#endif
