// One program of many attacks. Each try prints one line, "NAME refused WHY" or "NAME done WHAT": what a verdict means is for the test to say.
#ifndef ATTACK_H
#define ATTACK_H
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct attack { const char *name; void (*run)(int argc, char **argv); };

extern const struct attack surface_attacks[], resource_attacks[], path_attacks[], kernel_attacks[], call_attacks[];

// What a successful try wants to be said of it.
extern char note[256];

// Runs an expression in a process of its own, with five seconds to live: below 0 is a refusal, by errno.
#define TRY(label, ...) do { if (attack_begin(label)) attack_finish((long)({ __VA_ARGS__; })); } while (0)

int attack_begin(const char *label);
void attack_finish(long result) __attribute__((noreturn));
void attack_say(const char *label, long result);
double attack_now(void);

#endif
