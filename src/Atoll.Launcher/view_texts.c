// What the files say. Numbers come from the sandbox's own cgroups at each reading, so that a change of its limits shows at once.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <time.h>
#include "syscalls.h"
#include "view.h"

const char *const view_paths[VIEW_FILES] = { "/proc/meminfo", "/proc/stat", "/proc/cpuinfo", "/sys/devices/system/cpu/online" };

enum { MEMINFO, STAT, CPUINFO, LONGEST = 512 * 1024, HERTZ = 100 };

static size_t read_at(int folder, const char *name, char *text, size_t size) {
    int fd = folder < 0 ? -1 : openat(folder, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return text[0] = 0;
    size_t length = 0;
    for (ssize_t count; length < size - 1 && (count = read(fd, text + length, size - 1 - length)) > 0;) length += count;
    close(fd);
    text[length] = 0;
    return length;
}

// "max" and what is not there are as good as no limit.
uint64_t see_number(int folder, const char *file) {
    char text[64];
    return read_at(folder, file, text, sizeof text) && *text >= '0' && *text <= '9' ? strtoull(text, 0, 10) : UINT64_MAX;
}

// The number behind a name at the beginning of a line; 0 where it is not.
static uint64_t keyed(const char *text, const char *name) {
    size_t length = strlen(name);
    for (const char *line = text; line; line = (line = strchr(line, '\n')) ? line + 1 : 0)
        if (!strncmp(line, name, length) && line[length] == ' ') return strtoull(line + length, 0, 10);
    return 0;
}

void see_memory(const struct seen *seen, struct memory *memory) {
    char text[8192];
    struct sysinfo host;
    sysinfo(&host);
    uint64_t limit = see_number(seen->memory, seen->version2 ? "memory.max" : "memory.limit_in_bytes"), used = see_number(seen->memory, seen->version2 ? "memory.current" : "memory.usage_in_bytes");
    read_at(seen->memory, "memory.stat", text, sizeof text);
    uint64_t all = (uint64_t)host.totalram * host.mem_unit;
    *memory = (struct memory) {
        .total = limit < all ? limit : all, .used = used == UINT64_MAX ? 0 : used,
        .cached = keyed(text, seen->version2 ? "file" : "total_cache"), .shared = keyed(text, seen->version2 ? "shmem" : "total_shmem"),
        .mapped = keyed(text, seen->version2 ? "file_mapped" : "total_mapped_file"), .dirty = keyed(text, seen->version2 ? "file_dirty" : "total_dirty"),
        .writeback = keyed(text, seen->version2 ? "file_writeback" : "total_writeback"), .reclaimable = seen->version2 ? keyed(text, "slab_reclaimable") : 0,
        .active_anonymous = keyed(text, seen->version2 ? "active_anon" : "total_active_anon"), .inactive_anonymous = keyed(text, seen->version2 ? "inactive_anon" : "total_inactive_anon"),
        .active_file = keyed(text, seen->version2 ? "active_file" : "total_active_file"), .inactive_file = keyed(text, seen->version2 ? "inactive_file" : "total_inactive_file"),
    };
    if (memory->used > memory->total) memory->used = memory->total;
}

// As many as its processor time comes to, and no more than there are.
int see_cores(const struct seen *seen) {
    uint64_t quota, period = 100000;
    if (seen->version2) {
        char text[64], *rest;
        read_at(seen->cpu, "cpu.max", text, sizeof text);
        quota = *text >= '0' && *text <= '9' ? strtoull(text, &rest, 10) : UINT64_MAX;
        if (quota != UINT64_MAX) period = strtoull(rest, 0, 10);
    } else {
        quota = see_number(seen->cpu, "cpu.cfs_quota_us");
        period = see_number(seen->cpu, "cpu.cfs_period_us");
    }
    if (quota == UINT64_MAX || period == UINT64_MAX || !period) return seen->cores;
    uint64_t cores = (quota + period - 1) / period;
    return cores < 1 ? 1 : cores > (uint64_t)seen->cores ? seen->cores : (int)cores;
}

static size_t meminfo(const struct seen *seen, char *text, size_t size) {
    struct memory m;
    see_memory(seen, &m);
    uint64_t free = m.total - m.used, files = m.active_file + m.inactive_file, available = free + files + m.reclaimable, anonymous = m.active_anonymous + m.inactive_anonymous;
    uint64_t other = m.used > m.cached + anonymous ? m.used - m.cached - anonymous + (m.shared < anonymous ? m.shared : anonymous) : 0;
    const struct { const char *name; uint64_t bytes; } lines[] = {
        { "MemTotal", m.total }, { "MemFree", free }, { "MemAvailable", available < m.total ? available : m.total }, { "Buffers", 0 }, { "Cached", m.cached }, { "SwapCached", 0 },
        { "Active", m.active_anonymous + m.active_file }, { "Inactive", m.inactive_anonymous + m.inactive_file }, { "Active(anon)", m.active_anonymous },
        { "Inactive(anon)", m.inactive_anonymous }, { "Active(file)", m.active_file }, { "Inactive(file)", m.inactive_file }, { "Unevictable", 0 }, { "Mlocked", 0 },
        { "SwapTotal", 0 }, { "SwapFree", 0 }, { "Dirty", m.dirty }, { "Writeback", m.writeback }, { "AnonPages", anonymous > m.shared ? anonymous - m.shared : 0 },
        { "Mapped", m.mapped }, { "Shmem", m.shared }, { "KReclaimable", m.reclaimable }, { "Slab", other }, { "SReclaimable", m.reclaimable },
        { "SUnreclaim", other > m.reclaimable ? other - m.reclaimable : 0 }, { "CommitLimit", m.total }, { "Committed_AS", anonymous }, { "VmallocTotal", 0 },
        { "VmallocUsed", 0 }, { "HugePages_Total", 0 }, { "HugePages_Free", 0 },
    };
    size_t length = 0;
    for (unsigned i = 0; i < sizeof lines / sizeof *lines; i++) {
        int huge = !strncmp(lines[i].name, "Huge", 4);
        char name[32];
        snprintf(name, sizeof name, "%s:", lines[i].name);
        length += snprintf(text + length, size - length, "%-15s %8llu%s\n", name, (unsigned long long)(lines[i].bytes / 1024), huge ? "" : " kB");
    }
    return length;
}

// In ticks, shared out evenly: the kernel does not say which of its cores a group ran on in a way that stays true when the quota changes.
static size_t stat_of(const struct seen *seen, char *text, size_t size) {
    char times[4096];
    uint64_t user, system;
    if (seen->version2) {
        read_at(seen->times, "cpu.stat", times, sizeof times);
        user = keyed(times, "user_usec") / (1000000 / HERTZ);
        system = keyed(times, "system_usec") / (1000000 / HERTZ);
    } else {
        read_at(seen->times, "cpuacct.stat", times, sizeof times);
        user = keyed(times, "user");
        system = keyed(times, "system");
    }
    struct timespec up;
    clock_gettime(CLOCK_BOOTTIME, &up);
    int cores = see_cores(seen);
    uint64_t all = ((uint64_t)up.tv_sec * HERTZ + up.tv_nsec / (1000000000 / HERTZ)) * cores, idle = all > user + system ? all - user - system : 0;
    size_t length = snprintf(text, size, "cpu  %llu 0 %llu %llu 0 0 0 0 0 0\n", (unsigned long long)user, (unsigned long long)system, (unsigned long long)idle);
    for (int i = 0; i < cores && length < size - 256; i++)
        length += snprintf(text + length, size - length, "cpu%d %llu 0 %llu %llu 0 0 0 0 0 0\n", i, (unsigned long long)user / cores, (unsigned long long)system / cores, (unsigned long long)idle / cores);

    // When the machine started is what the start times of processes count from: the host's.
    uint64_t tasks = see_number(seen->tasks, "pids.current");
    return length + snprintf(text + length, size - length, "intr 0\nctxt 0\nbtime %llu\nprocesses %llu\nprocs_running 1\nprocs_blocked 0\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n",
        (unsigned long long)seen->booted, (unsigned long long)(tasks == UINT64_MAX ? 1 : tasks));
}

// The host's, to the end of as many paragraphs. Read once: on a large machine it takes the kernel milliseconds.
static size_t cpuinfo(const struct seen *seen, const char **text) {
    static char host[LONGEST];
    if (!*host) read_at(seen->proc, "cpuinfo", host, sizeof host);
    const char *end = *text = host;
    for (int i = see_cores(seen); i > 0; i--) {
        const char *next = strstr(end, "\n\n");
        if (!next) return strlen(host);
        end = next + 2;
    }
    return (size_t)(end - host);
}

static size_t online(const struct seen *seen, char *text, size_t size) {
    int cores = see_cores(seen);
    return cores == 1 ? snprintf(text, size, "0\n") : snprintf(text, size, "0-%d\n", cores - 1);
}

size_t text_of(const struct seen *seen, unsigned file, const char **text) {
    // Each its own: more than one is being read.
    static char rooms[VIEW_FILES][LONGEST];
    char *room = rooms[file];
    *text = room;
    switch (file) {
        case MEMINFO: return meminfo(seen, room, LONGEST);
        case STAT: return stat_of(seen, room, LONGEST);
        case CPUINFO: return cpuinfo(seen, text);
        default: return online(seen, room, LONGEST);
    }
}
