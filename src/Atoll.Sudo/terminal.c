#include "sudo.h"
#include <termios.h>

static struct termios before;

int raw_terminal(int terminal)
{
    struct termios raw;
    if (tcgetattr(terminal, &before) != 0) return -1;
    raw = before;
    cfmakeraw(&raw);
    return tcsetattr(terminal, TCSADRAIN, &raw);
}

void restore_terminal(int terminal) { tcsetattr(terminal, TCSADRAIN, &before); }

// One line, without its end. 1: nothing was given; 2: there is nobody to ask.
int read_secret(int terminal, int from_stdin, int hidden, const char *prompt, char *text, size_t size)
{
    const int from = from_stdin ? 0 : terminal, to = from_stdin ? 2 : terminal;
    if (from < 0) return 2;
    (void)!write(to, prompt, strlen(prompt));
    struct termios shown, silent;
    const int quiet = hidden && tcgetattr(from, &shown) == 0;
    if (quiet)
    {
        silent = shown;
        silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
        silent.c_lflag |= ICANON | ISIG;
        tcsetattr(from, TCSAFLUSH, &silent);
    }
    size_t length = 0;
    char byte;
    ssize_t got;
    while ((got = read(from, &byte, 1)) == 1 && byte != '\n' && byte != '\r')
        if (length + 1 < size) text[length++] = byte;
    text[length] = 0;
    if (quiet)
    {
        tcsetattr(from, TCSADRAIN, &shown);
        (void)!write(to, "\n", 1);
    }
    return length == 0 && got <= 0 ? 1 : 0;
}
