#include "sudo.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>

static int wake[2];
static volatile sig_atomic_t resized;

static void on_signal(int signal)
{
    const int saved = errno;
    const unsigned char byte = (unsigned char)signal;
    if (signal == SIGWINCH) resized = 1;
    (void)!write(wake[1], &byte, 1);
    errno = saved;
}

static int reach_server(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    memcpy(address.sun_path + 1, ADDRESS, sizeof ADDRESS - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (connect(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + sizeof ADDRESS)) == 0) return fd;
    close(fd);
    return -1;
}

// Those that are ignored stay so.
static void hear_signals(void)
{
    static const int heard[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGALRM, SIGTSTP, SIGCONT, SIGWINCH };
    if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) != 0) _exit(1);
    for (size_t i = 0; i < sizeof heard / sizeof *heard; i++)
    {
        struct sigaction now, ours = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
        if (sigaction(heard[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN) sigaction(heard[i], &ours, NULL);
    }
    signal(SIGTTOU, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
}

// gVisor tells nobody of a new size: so it is asked for at each key as well, and the command is told by us.
static void pass_size(int link, int terminal, int master)
{
    struct winsize ours, its;
    if (master < 0 || ioctl(terminal, TIOCGWINSZ, &ours) != 0 || (ioctl(master, TIOCGWINSZ, &its) == 0 && !memcmp(&ours, &its, sizeof its))) return;
    ioctl(master, TIOCSWINSZ, &ours);
    send_message(link, SIGNAL, SIGWINCH, NULL, -1);
}

// As the command ended: by the same signal, or with its status.
static int end_as(int status)
{
    if (status < 256) return status;
    const struct rlimit none = { 0, 0 };
    setrlimit(RLIMIT_CORE, &none);
    signal(status - 256, SIG_DFL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, status - 256);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    raise(status - 256);
    return 128 + status - 256;
}

static int copy(int from, int to)
{
    char bytes[8192];
    ssize_t got = read(from, bytes, sizeof bytes);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return 1;
    if (got <= 0) return 0;
    for (ssize_t done = 0; done < got; )
    {
        ssize_t put = write(to, bytes + done, (size_t)(got - done));
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return 0;
        done += put;
    }
    return 1;
}

static void drain(int master, int terminal)
{
    struct pollfd ready = { .fd = master, .events = POLLIN };
    while (poll(&ready, 1, 0) > 0 && (ready.revents & POLLIN) && copy(master, terminal)) { }
}

// The command stopped: so does what the user's shell knows of it. Behind that it goes on.
static void stop(int link, int terminal, int *raw)
{
    if (*raw) restore_terminal(terminal);
    *raw = 0;
    kill(getpid(), SIGSTOP);
    send_message(link, CONTINUE, 0, NULL, -1);
}

static int in_foreground(int terminal) { return terminal >= 0 && tcgetpgrp(terminal) == getpgrp(); }

static int answer(int link, int terminal, const struct message *message, char *text)
{
    char given[MAX_TEXT] = "";
    const int failed = read_secret(terminal, message->value, message->kind == ASK_HIDDEN, text, given, sizeof given);
    const int sent = send_message(link, ANSWER, failed, given, -1);
    explicit_bzero(given, sizeof given);
    return sent;
}

static int relay(int link, int terminal)
{
    // Keys go to the command where its input is the terminal; else the terminal stays as it is, for who else reads from it.
    const int keys = terminal >= 0 && isatty(0);
    int master = -1, raw = 0;
    for (int status = -1; ; )
    {
        if (master >= 0 && keys && !raw && in_foreground(terminal)) raw = raw_terminal(terminal) == 0;
        struct pollfd ready[4] =
        {
            { .fd = link, .events = POLLIN }, { .fd = wake[0], .events = POLLIN },
            { .fd = master, .events = POLLIN }, { .fd = master >= 0 && raw ? terminal : -1, .events = POLLIN },
        };
        if (poll(ready, 4, -1) < 0 && errno != EINTR) break;
        if (resized) { resized = 0; pass_size(link, terminal, master); }
        if (ready[2].revents && !copy(master, terminal)) { close(master); master = -1; }
        if (ready[3].revents) pass_size(link, terminal, master);
        // The user's terminal has gone: what hears of that ends, and the rest is ended when we are.
        if (ready[3].revents && master >= 0 && !copy(terminal, master)) { send_message(link, SIGNAL, SIGHUP, NULL, -1); return end_as(256 + SIGHUP); }
        unsigned char signal;
        while (read(wake[0], &signal, 1) == 1)
            if (signal != SIGWINCH && signal != SIGCONT) send_message(link, SIGNAL, signal, NULL, -1);
        if (!ready[0].revents) continue;

        struct message message;
        char text[MAX_TEXT];
        int passed = -1, over = receive_message(link, &message, text, &passed);
        if (over == 0) switch (message.kind)
        {
            case ASK_HIDDEN: case ASK_PLAIN: over = answer(link, terminal, &message, text); break;
            case TERMINAL: master = passed; pass_size(link, terminal, master); break;
            case STOPPED: stop(link, terminal, &raw); break;
            case ENDED: status = message.value; over = 1; break;
            case DETACHED: status = 0; over = 1; break;
            default: over = 1; break;
        }
        if (over == 0) continue;
        if (master >= 0) drain(master, terminal);
        if (raw) restore_terminal(terminal);
        if (status < 0) fputs("sudo: the sandbox's agent gave up the command\n", stderr);
        return status < 0 ? 1 : end_as(status);
    }
    return 1;
}

// The controlling one. gVisor (20240729) has /dev/tty for the first process of a session alone, so it is looked for among the streams as well.
static int find_terminal(void)
{
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    for (int i = 0; terminal < 0 && i < 3; i++) if (tcgetpgrp(i) >= 0) terminal = fcntl(i, F_DUPFD_CLOEXEC, 3);
    return terminal;
}

// -1: there is no server.
int run_client(char **argv)
{
    extern char **environ;
    const int link = reach_server();
    if (link < 0) return -1;
    const int terminal = find_terminal();
    hear_signals();
    if (send_request(link, argv, environ, terminal) != 0)
    {
        fprintf(stderr, "sudo: the command cannot be handed to the sandbox's agent: %s\n", strerror(errno));
        return 1;
    }
    return relay(link, terminal);
}
