// Runs the command, on a terminal of its own where the client has one, as sudo's use_pty does.
#include "sudo.h"
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>

#define LAST_WORDS_MS 2000   // between asking a command to end, whose client has gone, and killing it
#define FAREWELL_MS 10000    // for the client to read what is left

static int ends[2];

static void on_child(int signal)
{
    (void)signal;
    const int saved = errno;
    (void)!write(ends[1], "", 1);
    errno = saved;
}

char *join(char **words, int count)
{
    size_t length = 1;
    for (int i = 0; i < count; i++) length += strlen(words[i]) + 1;
    char *text = need(malloc(length)), *at = text;
    for (int i = 0; i < count; i++) at += sprintf(at, "%s%s", i ? " " : "", words[i]);
    *at = 0;
    return text;
}

// For a shell: every character that might mean something to it is quoted, but for the dollar.
char *join_escaped(char **words, int count)
{
    size_t length = 1;
    for (int i = 0; i < count; i++) length += 2 * strlen(words[i]) + 1;
    char *text = need(malloc(length)), *to = text;
    for (int i = 0; i < count; i++)
    {
        if (i) *to++ = ' ';
        for (const char *at = words[i]; *at; at++)
        {
            const unsigned char c = (unsigned char)*at;
            if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_' && c != '-' && c != '$') *to++ = '\\';
            *to++ = *at;
        }
    }
    *to = 0;
    return text;
}

static int is_program(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & 0111);
}

char *find_program(const char *name, const char *path, const char *directory)
{
    char *found = NULL;
    (void)directory;
    if (strchr(name, '/')) return is_program(name) ? need(strdup(name)) : NULL;
    char *folders = need(strdup(path)), *rest = folders;
    for (char *folder; !found && (folder = strsep(&rest, ":")); )
    {
        if (asprintf(&found, "%s/%s", *folder ? folder : ".", name) < 0) need(NULL);
        if (is_program(found)) break;
        free(found);
        found = NULL;
    }
    free(folders);
    return found;
}

// A new terminal like the client's. The other end is opened as our controlling one, so that a command that stops has a session around it.
static int open_terminal(const struct request *request, const struct account *target, int *slave)
{
    int locked = 0, number = -1;
    const int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0) return -1;
    char path[32];
    if (ioctl(master, TIOCSPTLCK, &locked) == 0 && ioctl(master, TIOCGPTN, &number) == 0)
    {
        snprintf(path, sizeof path, "/dev/pts/%d", number);
        *slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
        struct termios attributes;
        struct winsize size;
        if (*slave >= 0 && isatty(*slave))
        {
            // gVisor's terminals keep their owner, and let everybody write who has them open.
            (void)!fchown(*slave, target->uid, (gid_t)-1);
            if (tcgetattr(request->streams[3], &attributes) == 0) tcsetattr(*slave, TCSANOW, &attributes);
            if (ioctl(request->streams[3], TIOCGWINSZ, &size) == 0) ioctl(*slave, TIOCSWINSZ, &size);
            if (ioctl(*slave, TIOCSCTTY, 0) == 0) return master;
        }
        if (*slave >= 0) close(*slave);
    }
    close(master);
    *slave = -1;
    return -1;
}

static void become(const struct request *request, const struct options *options, const struct account *target)
{
    for (int i = 0; i < RLIM_NLIMITS; i++)
    {
        struct rlimit limit;
        if (i != RLIMIT_CORE && prlimit(request->pid, (enum __rlimit_resource)i, NULL, &limit) == 0) setrlimit((enum __rlimit_resource)i, &limit);
    }
    umask((mode_t)request->head.mask | 022);
    if ((!options->preserve_groups && setgroups((size_t)target->group_count, target->groups) != 0) || setresgid(target->gid, target->gid, target->gid) != 0
        || setresuid(target->uid, target->uid, target->uid) != 0) _exit(1);
    if (options->login && chdir(target->home) != 0) dprintf(2, "sudo: unable to change directory to %s: %s\n", target->home, strerror(errno));
}

static void start(const struct request *request, const struct options *options, const struct account *target, int slave, char *program, char **argv, char **envp)
{
    setpgid(0, 0);
    signal(SIGTTOU, SIG_IGN);
    if (slave >= 0) tcsetpgrp(slave, getpid());
    const int nothing = open("/dev/null", O_RDWR);
    int given[3];
    for (int i = 0; i < 3; i++) given[i] = fcntl(request->streams[i] < 0 ? nothing : slave >= 0 && isatty(request->streams[i]) ? slave : request->streams[i], F_DUPFD, 16);
    for (int i = 0; i < 3; i++) if (dup2(given[i], i) < 0) _exit(1);
    for (int i = 1; i < NSIG; i++) signal(i, i < 32 && (request->head.ignored & (1ull << i)) ? SIG_IGN : SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    become(request, options, target);
    syscall(SYS_close_range, 3L, 0x7fffffffL, 0L);
    execve(program, argv, envp);
    if (errno == ENOEXEC)
    {
        int count = 0;
        while (argv[count]) count++;
        char **shell = need(calloc((size_t)count + 2, sizeof(char *)));
        shell[0] = "sh";
        shell[1] = program;
        for (int i = 1; i < count; i++) shell[i + 1] = argv[i];
        execve("/bin/sh", shell, envp);
    }
    dprintf(2, "sudo: unable to execute %s: %s\n", program, strerror(errno));
    _exit(1);
}

// The client is gone: nobody waits for the command, and nobody could stop it.
static void end_command(pid_t command)
{
    kill(-command, SIGCONT);
    kill(-command, SIGHUP);
    kill(-command, SIGTERM);
    for (struct pollfd ended = { .fd = ends[0], .events = POLLIN }; poll(&ended, 1, LAST_WORDS_MS) > 0; )
    {
        char byte;
        (void)!read(ends[0], &byte, 1);
        if (waitpid(command, NULL, WNOHANG) == command) break;
    }
    kill(-command, SIGKILL);
}

// 1: over.
static int hear(int link, pid_t command, int on_terminal)
{
    struct message message;
    char text[MAX_TEXT];
    if (receive_message(link, &message, text, NULL) != 0) { end_command(command); return 1; }
    if (message.kind == CONTINUE) kill(-command, SIGCONT);
    if (message.kind == SIGNAL && message.value > 0 && message.value < 32) kill(on_terminal ? -command : command, message.value);
    return 0;
}

static int collect(int link, pid_t command)
{
    int status;
    while (waitpid(command, &status, WNOHANG | WUNTRACED) == command)
    {
        if (WIFSTOPPED(status)) { send_message(link, STOPPED, WSTOPSIG(status), NULL, -1); continue; }
        send_message(link, ENDED, WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status), NULL, -1);
        return 1;
    }
    return 0;
}

static int watch(int link, pid_t command, int on_terminal)
{
    for (;;)
    {
        struct pollfd ready[2] = { { .fd = link, .events = POLLIN }, { .fd = ends[0], .events = POLLIN } };
        if (poll(ready, 2, -1) < 0 && errno != EINTR) return 1;
        char byte;
        while (read(ends[0], &byte, 1) == 1) { }
        if (collect(link, command)) break;
        if (ready[0].revents && hear(link, command, on_terminal)) return 0;
    }

    // The terminal stays until the client has read what is in it.
    struct pollfd last = { .fd = link, .events = POLLIN };
    char text[MAX_TEXT];
    while (poll(&last, 1, FAREWELL_MS) > 0 && read(link, text, sizeof text) > 0) { }
    return 0;
}

int run_command(int link, const struct request *request, const struct options *options, const struct account *target, char *program, char **argv, char **envp)
{
    int slave = -1, master = -1;
    if (request->streams[3] >= 0 && !options->background) master = open_terminal(request, target, &slave);
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return 1;
    struct sigaction child = { .sa_handler = on_child, .sa_flags = SA_RESTART };
    sigaction(SIGCHLD, &child, NULL);
    signal(SIGHUP, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    const pid_t command = fork();
    if (command < 0)
    {
        dprintf(2, "sudo: unable to fork: %s\n", strerror(errno));
        return 1;
    }
    if (command == 0) start(request, options, target, slave, program, argv, envp);
    setpgid(command, command);
    if (options->background) return send_message(link, DETACHED, 0, NULL, -1);
    if (slave >= 0) tcsetpgrp(slave, command);
    if (master >= 0) send_message(link, TERMINAL, 0, NULL, master);
    if (master >= 0) close(master);
    const int on_terminal = slave >= 0;
    if (on_terminal) close(slave);
    for (int i = 0; i < 4; i++) if (request->streams[i] >= 0) close(request->streams[i]);
    const int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, 2);
    return watch(link, command, on_terminal);
}
