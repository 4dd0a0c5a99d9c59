#include "attack.h"

char note[256];
static int channel[2];

double attack_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

void attack_say(const char *label, long result) {
    if (result < 0) printf("%s refused %s\n", label, strerrorname_np(errno));
    else printf("%s done %s\n", label, note);
    fflush(stdout);
}

struct outcome { int error; char note[sizeof note]; };

int attack_begin(const char *label) {
    if (pipe(channel)) return 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        alarm(5);
        errno = 0;
        return 1;
    }

    close(channel[1]);
    struct outcome outcome = { -1, "" };
    int status = 0;
    if (child > 0) waitpid(child, &status, 0);
    ssize_t got = read(channel[0], &outcome, sizeof outcome);
    close(channel[0]);
    if (child > 0 && got == sizeof outcome) {
        errno = outcome.error;
        snprintf(note, sizeof note, "%s", outcome.note);
        attack_say(label, outcome.error ? -1 : 0);
    } else if (child > 0 && WIFSIGNALED(status)) {
        printf("%s %s SIG%s\n", label, WTERMSIG(status) == SIGALRM ? "hung" : "refused", sigabbrev_np(WTERMSIG(status)));
    } else {
        printf("%s unknown\n", label);
    }

    fflush(stdout);
    return 0;
}

void attack_finish(long result) {
    struct outcome outcome = { result < 0 ? (errno ? errno : EIO) : 0, "" };
    memcpy(outcome.note, note, sizeof note);
    if (write(channel[1], &outcome, sizeof outcome) < 0) _exit(1);
    _exit(0);
}

static const struct attack *find(const char *name) {
    const struct attack *all[] = { surface_attacks, resource_attacks, path_attacks, kernel_attacks, call_attacks };
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
        for (const struct attack *one = all[i]; one->name; one++) if (!strcmp(one->name, name)) return one;
    }

    return 0;
}

// attack NAME ARGS, or: attack for MILLISECONDS NAME ARGS, which goes on trying, silently after the first time.
int main(int argc, char **argv) {
    double until = 0;
    if (argc > 3 && !strcmp(argv[1], "for")) {
        until = attack_now() + atof(argv[2]) / 1000;
        argc -= 2;
        argv += 2;
    }

    const struct attack *attack = argc > 1 ? find(argv[1]) : 0;
    if (!attack) return 2;
    attack->run(argc - 2, argv + 2);
    fflush(stdout);
    int out = dup(1);
    int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, 1);
    int rounds = 1;
    while (attack_now() < until) {
        attack->run(argc - 2, argv + 2);
        rounds++;
    }

    dprintf(out, "rounds %d\n", rounds);
    return 0;
}
