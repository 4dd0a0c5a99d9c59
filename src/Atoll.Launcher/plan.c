// Reads the plan: on stdin, to its end,
//     message = *(key "=" value NUL) "filter=" COUNT NUL COUNT*8 bytes of struct sock_filter
// Keys may repeat where they name a list. A value with parts has them separated by newlines, of which none may hold one (a file's content, the last part, may).
// Whatever is not understood, too long or too many is an error: the two programs come from one build.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "launcher.h"

static char message[MAX_PLAN];

static size_t read_all(void) {
    size_t length = 0;
    for (;;) {
        ssize_t count = read(0, message + length, sizeof message - length);
        if (count < 0 && errno == EINTR) continue;
        check((int)count, "read", "plan");
        if (count == 0) return length;
        length += count;
        if (length == sizeof message) fail_with(E2BIG, "plan", "message");
    }
}

static uint64_t number(const char *text, int base, uint64_t most) {
    char *end;
    errno = 0;
    uint64_t value = strtoull(text, &end, base);
    // "-1" would wrap round to a huge one, and 2^32 to root.
    if (*text < '0' || *text > 'f' || *end || errno || value > most) fail_with(EINVAL, "plan", "number");
    return value;
}

static char *part(char **rest) {
    char *text = strsep(rest, "\n");
    if (!text) fail_with(EINVAL, "plan", "part");
    return text;
}

static int next(int *count) {
    if (*count == MAX_ITEMS) fail_with(E2BIG, "plan", "list");
    return (*count)++;
}

static void absolute(const char *path) {
    if (*path != '/') fail_with(EINVAL, "plan", path);
}

static void take(struct plan *plan, const char *key, char *value) {
#define IS(name) (!strcmp(key, name))
    if (IS("root")) absolute(plan->root = value);
    else if (IS("network")) plan->network = value;
    else if (IS("port")) plan->port = (uint16_t)number(value, 10, 65535);
    else if (IS("mount_space")) absolute(plan->mount_space = value);
    else if (IS("hostname")) plan->hostname = value;
    else if (IS("guest")) absolute(plan->guest = value);
    else if (IS("guest_at")) absolute(plan->guest_at = value);
    // The whole range stays below 2^31, beyond which some programs see negative numbers, and never holds the host's root.
    else if (IS("first_uid")) { if (!(plan->first_uid = (uint32_t)number(value, 10, 0x80000000u - RANGE))) fail_with(EINVAL, "plan", "first_uid"); }
    else if (IS("capabilities")) plan->capabilities = number(value, 16, ~0ull);
    else if (IS("oom_score")) plan->oom_score = (int)number(value, 10, 1000);
    else if (IS("group")) absolute(plan->group = value);
    else if (IS("work_join")) absolute(plan->work_join = value);
    else if (IS("work_count")) absolute(plan->work_count = value);
    else if (IS("group_v1")) absolute(plan->groups[next(&plan->n_groups)] = value);
    else if (IS("masked")) absolute(plan->masked[next(&plan->n_masked)] = value);
    else if (IS("read_only")) absolute(plan->read_only[next(&plan->n_read_only)] = value);
    else if (IS("arg")) plan->argv[next(&plan->n_argv)] = value;
    else if (IS("env")) plan->env[next(&plan->n_env)] = value;
    else if (IS("mount")) {
        struct mount *mount = &plan->mounts[next(&plan->n_mounts)];
        absolute(mount->destination = part(&value));
        mount->type = part(&value);
        mount->attributes = part(&value);
        mount->options = part(&value);
    } else if (IS("volume")) {
        struct volume *volume = &plan->volumes[next(&plan->n_volumes)];
        absolute(volume->source = part(&value));
        absolute(volume->at = part(&value));
        volume->read_only = (int)number(part(&value), 10, 1);
    } else if (IS("file")) {
        struct file *file = &plan->files[next(&plan->n_files)];
        absolute(file->name = part(&value));
        file->content = value ? value : "";
    } else if (IS("limit")) {
        struct limit *limit = &plan->limits[next(&plan->n_limits)];
        limit->resource = (int)number(part(&value), 10, 64);
        limit->value = number(part(&value), 10, ~0ull);
    } else fail_with(EINVAL, "plan", key);
#undef IS
}

void plan_read(struct plan *plan) {
    char *here = message, *end = message + read_all();
    for (;;) {
        char *nul = memchr(here, 0, end - here), *equals = nul ? memchr(here, '=', nul - here) : 0;
        if (!equals) fail_with(EINVAL, "plan", "end");
        *equals = 0;
        char *value = equals + 1, *key = here;
        here = nul + 1;
        if (strcmp(key, "filter")) {
            take(plan, key, value);
            continue;
        }
        plan->filter.len = (unsigned short)number(value, 10, BPF_MAXINSNS);
        if ((size_t)(end - here) != plan->filter.len * sizeof *plan->filter.filter) fail_with(EINVAL, "plan", "filter");
        // The message is at whatever place the text before it ends; the kernel copies, and does not mind.
        plan->filter.filter = (struct sock_filter *)here;
        break;
    }
    if (!plan->root || !plan->network || !plan->hostname || !plan->guest || !plan->guest_at || !plan->first_uid || !plan->n_argv || !plan->filter.len)
        fail_with(EINVAL, "plan", "incomplete");
}
