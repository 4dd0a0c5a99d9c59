// A file system of a few read-only files (FUSE, linux/fuse.h), without a library: a directory, and in it the files by their numbers. The kernel caches names and
// attributes for good, and content not at all. It has no user data, and no question from inside has any text in it but a name that is compared.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include "syscalls.h"
#include "view.h"

enum { FIRST_FILE = FUSE_ROOT_ID + 1, FOREVER = 1 << 30 };

static void answer(int device, uint64_t unique, int error, const void *data, size_t length) {
    struct fuse_out_header head = { .len = (uint32_t)(sizeof head + length), .error = -error, .unique = unique };
    struct iovec parts[] = { { &head, sizeof head }, { (void *)data, length } };
    // Who asked may be gone, and nobody wants the answer any more.
    if (writev(device, parts, 2) < 0) return;
}

static struct fuse_attr attributes(const struct seen *seen, uint64_t node) {
    int folder = node == FUSE_ROOT_ID;
    return (struct fuse_attr) { .ino = node, .mode = folder ? S_IFDIR | 0555 : S_IFREG | 0444, .nlink = folder ? 2 : 1, .uid = seen->owner, .gid = seen->owner };
}

static uint64_t node_of(const char *name) {
    for (unsigned i = 0; view_paths[i]; i++) if (!strcmp(strrchr(view_paths[i], '/') + 1, name)) return FIRST_FILE + i;
    return 0;
}

static void read_file(const struct seen *seen, int device, const struct fuse_in_header *head, const struct fuse_read_in *wanted) {
    // What comes behind the beginning is of the text whose beginning was read last, so that it fits together.
    static const char *text;
    static size_t length;
    static uint64_t node;
    if (wanted->offset == 0 || node != head->nodeid) length = text_of(seen, (unsigned)((node = head->nodeid) - FIRST_FILE), &text);
    size_t from = wanted->offset < length ? wanted->offset : length, count = length - from < wanted->size ? length - from : wanted->size;
    answer(device, head->unique, 0, text + from, count);
}

_Noreturn void serve_files(const struct seen *seen, int device) {
    static char question[FUSE_MIN_READ_BUFFER * 2] __attribute__((aligned(8)));
    static const struct fuse_init_out limits = { .major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = 4096, .max_background = 4, .congestion_threshold = 3 };
    unsigned files = 0;
    while (view_paths[files]) files++;
    for (;;) {
        ssize_t count = read(device, question, sizeof question);
        if (count < 0 && (errno == EINTR || errno == EAGAIN || errno == ENOENT)) continue;
        // Unmounted: the sandbox has ended.
        if (count < (ssize_t)sizeof(struct fuse_in_header)) _exit(0);
        pace();
        const struct fuse_in_header *head = (const void *)question;
        const void *body = head + 1;
        int is_file = head->nodeid >= FIRST_FILE && head->nodeid < FIRST_FILE + files;
        if (head->opcode == FUSE_INIT) answer(device, head->unique, 0, &limits, sizeof limits);
        else if (head->opcode == FUSE_FORGET || head->opcode == FUSE_BATCH_FORGET || head->opcode == FUSE_INTERRUPT) continue;
        else if (head->opcode == FUSE_LOOKUP) {
            question[count < (ssize_t)sizeof question ? count : (ssize_t)sizeof question - 1] = 0;
            uint64_t node = head->nodeid == FUSE_ROOT_ID ? node_of(body) : 0;
            struct fuse_entry_out entry = { .nodeid = node, .entry_valid = FOREVER, .attr_valid = FOREVER, .attr = attributes(seen, node) };
            answer(device, head->unique, node ? 0 : ENOENT, &entry, node ? sizeof entry : 0);
        } else if (head->opcode == FUSE_GETATTR) {
            struct fuse_attr_out out = { .attr_valid = FOREVER, .attr = attributes(seen, head->nodeid) };
            answer(device, head->unique, 0, &out, sizeof out);
        } else if (head->opcode == FUSE_OPEN && is_file) {
            struct fuse_open_out open = { .open_flags = FOPEN_DIRECT_IO };
            answer(device, head->unique, 0, &open, sizeof open);
        } else if (head->opcode == FUSE_READ && is_file) read_file(seen, device, head, body);
        else if (head->opcode == FUSE_STATFS) {
            struct fuse_statfs_out none = { .st = { .bsize = 4096, .namelen = 255 } };
            answer(device, head->unique, 0, &none, sizeof none);
        } else if (head->opcode == FUSE_RELEASE) answer(device, head->unique, 0, 0, 0);
        else answer(device, head->unique, ENOSYS, 0, 0);
    }
}
