// How the launcher tells the server what became of it.
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include "launcher.h"

int report_to = 1;

void fail_with(int error, const char *step, const char *subject) {
    char line[1024];
    int length = snprintf(line, sizeof line, "error %d %s %s\n", error, step, subject);
    if (length >= (int)sizeof line) {
        length = sizeof line;
        line[length - 1] = '\n';
    }
    // Nobody is left to be told when this fails; the server sees an end without a word.
    if (write(report_to, line, length) != length) _exit(2);
    _exit(1);
}

void fail(const char *step, const char *subject) { fail_with(errno, step, subject); }

void check(int result, const char *step, const char *subject) {
    if (result < 0) fail(step, subject);
}
