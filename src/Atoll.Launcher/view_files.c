// A few read-only files, each a file system of its own whose root is a file (FUSE, linux/fuse.h), without a library: so the kernel has nothing to look up, and asks for nothing until somebody
// opens or looks. No question from inside has any data in it but an offset and a length.
//
// They have a size, which those of procfs have not: sendfile(2) and splice(2) ask for nothing beyond it (Linux 6.5 and later). It is that of the text that is read next, and is asked for at each open
// (the kernel forgets it at once, and has to know whose the file is: default_permissions) and each stat. Content is never taken from the kernel's cache, but by those two, for which each open empties it.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include "syscalls.h"
#include "view.h"

static void answer(int device, uint64_t unique, int error, const void *data, size_t length) {
    struct fuse_out_header head = { .len = (uint32_t)(sizeof head + length), .error = -error, .unique = unique };
    struct iovec parts[] = { { &head, sizeof head }, { (void *)data, length } };
    // Who asked may be gone, and nobody wants the answer any more.
    if (writev(device, parts, 2) < 0) return;
}

// The text whose size or beginning was asked for last, so that both and what comes behind fit together. Kept for its first reader, and so briefly that nobody sees old numbers.
static struct { const char *text; size_t length; long long made; int unread; } texts[VIEW_FILES];

static void prepare(const struct seen *seen, int file) {
    enum { BRIEFLY = 20 * 1000 * 1000 };
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long long time = now.tv_sec * 1000000000ll + now.tv_nsec;
    if (texts[file].unread && time - texts[file].made < BRIEFLY) return;
    texts[file].length = text_of(seen, (unsigned)file, &texts[file].text);
    texts[file].made = time;
    texts[file].unread = 1;
}

static void read_file(const struct seen *seen, int file, int device, uint64_t unique, const struct fuse_read_in *wanted) {
    if (wanted->offset == 0 || !texts[file].text) prepare(seen, file);
    texts[file].unread = 0;
    size_t length = texts[file].length, from = wanted->offset < length ? wanted->offset : length, count = length - from < wanted->size ? length - from : wanted->size;
    answer(device, unique, 0, texts[file].text + from, count);
}

// False: unmounted, the sandbox has ended.
static int serve(const struct seen *seen, int file, int device) {
    static char question[FUSE_MIN_READ_BUFFER * 2] __attribute__((aligned(8)));
    static const struct fuse_init_out limits = { .major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = 4096, .max_background = 4, .congestion_threshold = 3 };
    ssize_t count = read(device, question, sizeof question);
    if (count < 0 && (errno == EINTR || errno == EAGAIN || errno == ENOENT)) return 1;
    if (count < (ssize_t)sizeof(struct fuse_in_header)) return 0;
    pace();
    const struct fuse_in_header *head = (const void *)question;
    if (head->opcode == FUSE_INIT) answer(device, head->unique, 0, &limits, sizeof limits);
    else if (head->opcode == FUSE_FORGET || head->opcode == FUSE_BATCH_FORGET || head->opcode == FUSE_INTERRUPT) return 1;
    else if (head->opcode == FUSE_GETATTR) {
        prepare(seen, file);
        struct fuse_attr_out out = { .attr = { .ino = FUSE_ROOT_ID, .size = texts[file].length, .mode = S_IFREG | 0444, .nlink = 1, .uid = seen->owner, .gid = seen->owner } };
        answer(device, head->unique, 0, &out, sizeof out);
    } else if (head->opcode == FUSE_OPEN) {
        struct fuse_open_out open = { .open_flags = FOPEN_DIRECT_IO };
        answer(device, head->unique, 0, &open, sizeof open);
    } else if (head->opcode == FUSE_READ) read_file(seen, file, device, head->unique, (const void *)(head + 1));
    else if (head->opcode == FUSE_STATFS) {
        struct fuse_statfs_out none = { .st = { .bsize = 4096, .namelen = 255 } };
        answer(device, head->unique, 0, &none, sizeof none);
    } else if (head->opcode == FUSE_RELEASE) answer(device, head->unique, 0, 0, 0);
    else answer(device, head->unique, ENOSYS, 0, 0);
    return 1;
}

_Noreturn void serve_files(const struct seen *seen, const int devices[VIEW_FILES]) {
    struct pollfd wait[VIEW_FILES];
    int left = 0;
    for (int i = 0; i < VIEW_FILES; i++) left += (wait[i] = (struct pollfd) { devices[i], POLLIN, 0 }).fd >= 0;
    while (left) {
        if (poll(wait, VIEW_FILES, -1) < 0 && errno != EINTR) _exit(1);
        for (int i = 0; i < VIEW_FILES; i++) {
            if (wait[i].fd < 0 || !wait[i].revents || serve(seen, i, wait[i].fd)) continue;
            // A descriptor below 0 is not waited for.
            close(wait[i].fd);
            wait[i].fd = -1;
            left--;
        }
    }
    _exit(0);
}
