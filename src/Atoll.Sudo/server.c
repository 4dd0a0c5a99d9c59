#include "sudo.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#define REQUEST_SECONDS 10
#define ANSWER_SECONDS 300   // as long as sudo waits for a password

static int finish(int link, int status)
{
    send_message(link, ENDED, status, NULL, -1);
    return status;
}

// Who sees another root (chroot) would get a command outside of it. It says so itself: no right depends on it, and the kernel tells only who may trace it.
static int sees_all(const struct request_head *head)
{
    struct stat root;
    return stat("/", &root) == 0 && head->root_device == root.st_dev && head->root_file == root.st_ino;
}

static char *expand_prompt(const char *prompt, const struct account *caller, const struct account *target)
{
    char *made = need(calloc(MAX_TEXT, 1)), host[64] = "";
    gethostname(host, sizeof host - 1);
    for (size_t length = 0; *prompt && length + 1 < MAX_TEXT; prompt++)
    {
        const char *part = NULL;
        if (*prompt == '%' && prompt[1]) switch (*++prompt)
        {
            case 'p': case 'u': part = caller->name; break;
            case 'U': part = target->name; break;
            case 'h': case 'H': part = host; break;
            default: break;
        }
        length += (size_t)snprintf(made + length, MAX_TEXT - length, "%.*s", part ? (int)strlen(part) : 1, part ? part : prompt);
    }
    return made;
}

static int ask(int link, const struct request *request, const struct options *options, const struct account *caller, const struct account *target, int tries)
{
    const int err = request->streams[2];
    const char *none = "sudo: a password is required\n";
    if (options->non_interactive) { dprintf(err, "%s", none); return -1; }
    if (request->streams[3] < 0 && !options->from_stdin)
    {
        dprintf(err, "sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper\n%s", none);
        return -1;
    }
    char *prompt = expand_prompt(options->prompt ? options->prompt : "[sudo] password for %p: ", caller, target);
    for (int wrong = 0; wrong < tries; )
    {
        struct message message;
        char text[MAX_TEXT];
        alarm(ANSWER_SECONDS);
        if (send_message(link, ASK_HIDDEN, options->from_stdin, prompt, -1) != 0 || receive_message(link, &message, text, NULL) != 0) return -1;
        if (message.kind != ANSWER) continue;   // a signal: the client has had it
        alarm(0);
        const int right = message.value == 0 && check_password(caller, text);
        explicit_bzero(text, sizeof text);
        if (right) return 0;
        if (message.value != 0)
        {
            if (wrong == 0) dprintf(err, "\n%s", none);
            else dprintf(err, "\nsudo: no password was provided\nsudo: %d incorrect password attempt%s\n", wrong, wrong == 1 ? "" : "s");
            return -1;
        }
        if (++wrong < tries) dprintf(err, "Sorry, try again.\n");
        else dprintf(err, "sudo: %d incorrect password attempt%s\n", wrong, wrong == 1 ? "" : "s");
    }
    return -1;
}

static int check_environment(const struct options *options, const struct verdict *verdict, int err)
{
    if (verdict->set_environment) return 0;
    if (options->preserve_all) { dprintf(err, "sudo: sorry, you are not allowed to preserve the environment\n"); return -1; }
    if (options->assignment_count == 0 && !options->keep) return 0;
    dprintf(err, "sudo: sorry, you are not allowed to set the following environment variables: %s", options->keep ? options->keep : "");
    for (int i = 0; i < options->assignment_count; i++)
        dprintf(err, "%s%.*s", i || options->keep ? ", " : "", (int)strcspn(options->assignments[i], "="), options->assignments[i]);
    dprintf(err, "\n");
    return -1;
}

static int refuse(const struct query *query, const struct options *options, const struct verdict *verdict, int err)
{
    char host[65] = "";
    gethostname(host, sizeof host - 1);
    const char *name = query->caller->name;
    if (!query->path || options->validate || options->list) dprintf(err, "Sorry, user %s may not run sudo on %s.\n", name, host);
    else if (!verdict->known) dprintf(err, "%s is not in the sudoers file.\n", name);
    else
    {
        int count = 0;
        while (query->arguments[count]) count++;
        dprintf(err, "Sorry, user %s is not allowed to execute '%s%s%s' as %s%s%s on %s.\n", name, query->path, count ? " " : "", join(query->arguments, count),
            query->target->name, query->group ? ":" : "", query->group ? query->group : "", host);
    }
    return 1;
}

static int list(const struct request *request, const struct options *options, const struct query *query, const struct verdict *verdict)
{
    char host[65] = "";
    gethostname(host, sizeof host - 1);
    if (options->command_count) return query->path && verdict->allowed ? dprintf(request->streams[1], "%s\n", join((char *[]){ (char *)query->path }, 1)) < 0 : 1;
    dprintf(request->streams[1], "User %s may run the following commands on %s:\n%s", query->caller->name, host, verdict->listing);
    return 0;
}

// The program and its arguments, a shell's where one was asked for.
static char *prepare(const struct request *request, const struct options *options, const struct account *target, const char *path, char ***argv, char **said)
{
    if (!options->login && !options->shell)
    {
        *argv = options->command;
        char *found = options->command_count ? find_program(options->command[0], path, request->directory) : NULL;
        if (!found) return NULL;
        *said = options->command_count > 1 ? join((char *[]){ found, join(options->command + 1, options->command_count - 1) }, 2) : found;
        return found;
    }
    const char *wanted = options->login ? target->shell : lookup(request->envp, "SHELL");
    char *shell = need(strdup(wanted && *wanted ? wanted : target->shell)), *name = strrchr(shell, '/') ? strrchr(shell, '/') + 1 : shell;
    char **words = need(calloc(4, sizeof(char *)));
    if (asprintf(&words[0], "%s%s", options->login ? "-" : "", name) < 0) need(NULL);
    *said = shell;
    if (options->command_count)
    {
        words[1] = "-c";
        words[2] = join_escaped(options->command, options->command_count);
        *said = join((char *[]){ shell, "-c", words[2] }, 3);
    }
    *argv = words;
    return access(shell, X_OK) == 0 ? shell : NULL;
}

static int serve(int link, struct request *request)
{
    struct options options = { 0 };
    struct account *caller = need(calloc(1, sizeof *caller)), *target = need(calloc(1, sizeof *target));
    const int err = request->streams[2];
    int status = parse_options(&options, (int)request->head.argc, request->argv, err);
    if (status || options.help) return status;
    if (options.version) return dprintf(request->streams[1], "Sudo version 1.9 (of the sandbox's agent: its kernel knows no set-user-ID programs)\n") < 0;
    if (options.reset_all || (options.reset && !options.command_count && !options.login && !options.shell && !options.validate && !options.list)) return 0;
    if (options.edit) return dprintf(err, "sudo: sudoedit and -e are not to be had in this sandbox: use sudo with an editor\n"), 1;
    if (find_user_by_id(caller, request->uid) != 0) return dprintf(err, "sudo: you do not exist in the passwd database\n"), 1;
    const char *user = options.user ? options.user : options.group ? caller->name : "root";
    if (find_user(target, user) != 0) return dprintf(err, "sudo: unknown user %s\n", user), 1;
    struct query query = { .caller = caller, .target = target, .group = options.group, .listing = options.list || options.validate };
    if (options.group && find_group(options.group, &query.gid) != 0) return dprintf(err, "sudo: unknown group %s\n", options.group), 1;

    // What the paths depend on is said by rules that do not depend on them.
    struct verdict *verdict = need(calloc(1, sizeof *verdict));
    judge(&query, verdict);
    const char *own = lookup(request->envp, "PATH");
    char **argv = NULL, *said = NULL, *program = NULL;
    if (chdir(request->directory) != 0 && chdir("/") != 0) return 1;
    if (!options.validate && (!options.list || options.command_count))
    {
        program = prepare(request, &options, target, verdict->secure_path ? verdict->secure_path : own ? own : "", &argv, &said);
        if (!program && options.command_count) return dprintf(err, "sudo: %s: command not found\n", options.command[0]), 1;
        if (!program) return dprintf(err, "sudo: the user's shell cannot be executed\n"), 1;
        query.path = program;
        query.arguments = argv + 1;
        judge(&query, verdict);
    }

    const int needed = caller->uid != 0 && verdict->password && !(caller->uid == target->uid && !options.group);
    if ((needed || (!verdict->allowed && caller->uid != 0)) && ask(link, request, &options, caller, target, verdict->tries) != 0) return 1;
    if (!verdict->allowed) return refuse(&query, &options, verdict, err);
    if (options.validate) return 0;
    if (options.list) return list(request, &options, &query, verdict);
    if (check_environment(&options, verdict, err) != 0) return 1;
    if (options.group) target->gid = query.gid;
    return -1 - run_command(link, request, &options, target, program, argv, make_environment(request, &options, caller, target, verdict, said));
}

int run_server(void)
{
    signal(SIGPIPE, SIG_IGN);
    alarm(REQUEST_SECONDS);
    struct request request;
    const int link = fcntl(0, F_DUPFD_CLOEXEC, 10);
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (link < 0 || nothing < 0 || receive_request(link, &request) != 0) return 1;
    alarm(0);
    dup2(nothing, 0);
    for (int i = 0; i < 3; i++) if (request.streams[i] < 0) request.streams[i] = nothing;
    if (!sees_all(&request.head)) return finish(link, (dprintf(request.streams[2], "sudo: below a root directory of one's own (chroot), become root first\n"), 1));
    const int status = serve(link, &request);
    return status < 0 ? -1 - status : finish(link, status);
}
