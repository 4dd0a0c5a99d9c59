// The environment of the command, as sudo makes it.
#include "sudo.h"
#include <fnmatch.h>

static const char kept[] = "COLORS DISPLAY HOSTNAME KRB5CCNAME LS_COLORS PS1 PS2 XAUTHORITY XAUTHORIZATION XDG_CURRENT_DESKTOP DPKG_COLORS";
static const char checked[] = "COLORTERM LANG LANGUAGE LC_* LINGUAS TERM TZ";
static const char dangerous[] = "IFS CDPATH LOCALDOMAIN RES_OPTIONS HOSTALIASES NLSPATH PATH_LOCALE LD_* _RLD* TERMINFO TERMINFO_DIRS TERMPATH TERMCAP ENV BASH_ENV PS4 GLOBIGNORE "
    "BASHOPTS SHELLOPTS JAVA_TOOL_OPTIONS PERLIO_DEBUG PERLLIB PERL5LIB PERL5OPT PERL5DB FPATH NULLCMD READNULLCMD ZDOTDIR TMPPREFIX PYTHONHOME PYTHONPATH PYTHONINSPECT PYTHONUSERBASE RUBYLIB "
    "RUBYOPT BASH_FUNC_*";

static int is_in(const char *list, const char *variable)
{
    char *names = need(strdup(list)), *name = need(strndup(variable, strcspn(variable, "="))), *rest = names;
    int found = 0;
    for (char *one; !found && (one = strsep(&rest, " \t,")); ) found = *one && fnmatch(one, name, 0) == 0;
    free(names);
    free(name);
    return found;
}

static int is_harmless(const char *variable)
{
    const char *value = strchr(variable, '=');
    return value && strncmp(value, "=()", 3) != 0 && (!strncmp(variable, "TZ=", 3) ? value[1] != '/' && !strstr(value, "..") : !strpbrk(value, "/%"));
}

static int keeps(const char *variable, const struct options *options, const struct verdict *verdict)
{
    if (!strchr(variable, '=') || !strncmp(variable, "SUDO_", 5)) return 0;
    if (options->keep && is_in(options->keep, variable)) return 1;
    if (options->preserve_all || !verdict->reset_environment) return !is_in(dangerous, variable);
    if (is_in(verdict->keep, variable)) return !strstr(variable, "=()");
    return is_in(checked, variable) ? is_harmless(variable) : is_in(kept, variable) && !strstr(variable, "=()");
}

const char *lookup(char **environment, const char *name)
{
    const size_t length = strlen(name);
    for (; *environment; environment++) if (!strncmp(*environment, name, length) && (*environment)[length] == '=') return *environment + length + 1;
    return NULL;
}

static void put(char **environment, size_t *count, const char *name, const char *value)
{
    char *made = NULL;
    if (asprintf(&made, "%s=%s", name, value) < 0) need(NULL);
    const size_t length = strlen(name);
    for (size_t i = 0; i < *count; i++)
        if (!strncmp(environment[i], name, length) && environment[i][length] == '=') { environment[i] = made; return; }
    environment[(*count)++] = made;
}

static void put_number(char **environment, size_t *count, const char *name, unsigned value)
{
    char text[16];
    snprintf(text, sizeof text, "%u", value);
    put(environment, count, name, text);
}

char **make_environment(const struct request *request, const struct options *options, const struct account *caller, const struct account *target, const struct verdict *verdict, const char *command)
{
    char **made = need(calloc((size_t)request->head.envc + (size_t)options->assignment_count + 16, sizeof(char *)));
    size_t count = 0;
    for (char **variable = request->envp; *variable; variable++) if (keeps(*variable, options, verdict)) made[count++] = *variable;
    const int whole = options->preserve_all || !verdict->reset_environment;
    const char *path = lookup(request->envp, "PATH");
    put(made, &count, "PATH", verdict->secure_path ? verdict->secure_path : path ? path : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    if (!lookup(made, "TERM")) put(made, &count, "TERM", "unknown");
    put(made, &count, "LOGNAME", target->name);
    put(made, &count, "USER", target->name);
    if ((!whole && !lookup(made, "HOME")) || options->home || options->login) put(made, &count, "HOME", target->home);
    if (!whole || options->login) put(made, &count, "SHELL", target->shell);
    if (!whole)
    {
        char *mail = NULL;
        if (asprintf(&mail, "/var/mail/%s", target->name) < 0) need(NULL);
        put(made, &count, "MAIL", mail);
    }
    put(made, &count, "SUDO_COMMAND", command);
    put(made, &count, "SUDO_USER", caller->name);
    put_number(made, &count, "SUDO_UID", caller->uid);
    put_number(made, &count, "SUDO_GID", request->gid);
    for (int i = 0; i < options->assignment_count; i++)
    {
        char *assignment = need(strdup(options->assignments[i])), *equals = strchr(assignment, '=');
        *equals = 0;
        put(made, &count, assignment, equals + 1);
    }
    return made;
}
