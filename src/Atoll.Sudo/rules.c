// One line of /etc/sudoers: USERS HOSTS = (TARGETS : GROUPS) TAGS: COMMAND, COMMAND. The last that matches decides.
#include "sudo.h"
#include <ctype.h>
#include <fnmatch.h>

#define MAX_DEPTH 16

static const char *find_alias(const char *kind, const char *name)
{
    for (const struct alias *alias = aliases; alias; alias = alias->next) if (!strcmp(alias->kind, kind) && !strcmp(alias->name, name)) return alias->members;
    return NULL;
}

typedef int matcher(const char *item, const void *subject);

// 1 if the last item that fits is no exception; -1 if it is one; 0 if none fits.
static int match_list(const char *kind, const char *list, matcher *fits, const void *subject, int depth)
{
    int result = 0;
    if (depth > MAX_DEPTH) return 0;
    char *copy = need(strdup(list)), *rest = copy;
    for (char *item; (item = next_item(&rest, ',')); )
    {
        int except = 0;
        for (; *item == '!'; item = trim(item + 1)) except = !except;
        const char *members = find_alias(kind, item);
        int hit = members ? match_list(kind, members, fits, subject, depth + 1) : !strcmp(item, "ALL") || fits(item, subject);
        if (hit) result = (hit > 0) == !except ? 1 : -1;
    }
    free(copy);
    return result;
}

static int fits_user(const char *item, const void *subject)
{
    const struct account *account = subject;
    if (*item == '%') return in_group(account, item + 1);
    if (*item == '#') return (uid_t)strtoul(item + 1, NULL, 10) == account->uid && isdigit((unsigned char)item[1]);
    return !strcmp(item, account->name);
}

static int fits_host(const char *item, const void *subject) { return !strcmp(item, subject); }

static int fits_group(const char *item, const void *subject)
{
    gid_t gid;
    return find_group(item, &gid) == 0 && gid == *(const gid_t *)subject;
}

static int fits_command(const char *item, const void *subject)
{
    const struct query *query = subject;
    if (!query->path || *item != '/') return 0;
    char *copy = need(strdup(item)), *arguments = copy + strcspn(copy, " \t");
    if (*arguments) *arguments++ = 0;
    arguments = trim(arguments);
    const size_t length = strlen(copy);
    int fits = fnmatch(copy, query->path, FNM_PATHNAME) == 0
        || (length > 0 && copy[length - 1] == '/' && !strncmp(copy, query->path, length) && !strchr(query->path + length, '/'));
    if (fits && *arguments)
    {
        int count = 0;
        while (query->arguments[count]) count++;
        fits = !strcmp(arguments, "\"\"") ? count == 0 : fnmatch(arguments, join(query->arguments, count), 0) == 0;
    }
    if (!fits && !strncmp(copy, "/bin/", 5) && !strncmp(query->path, "/usr/bin/", 9))
    {
        // Merged /usr: both names are one folder.
        char *merged = NULL;
        if (asprintf(&merged, "/usr%s", item) < 0) need(NULL);
        fits = fits_command(merged, subject);
        free(merged);
    }
    free(copy);
    return fits;
}

int matches_user(const char *list, const struct account *account) { return match_list("U", list, fits_user, account, 0) > 0; }

// What the parentheses say of target and group. Without them: root.
static int matches_target(char *targets, const struct query *query)
{
    char *groups = targets ? strchr(targets, ':') : NULL;
    if (groups) *groups++ = 0;
    if (targets) targets = trim(targets);
    int user;
    if (!targets) user = query->target->uid == 0;
    else if (!*targets) user = query->target->uid == query->caller->uid;
    else user = match_list("R", targets, fits_user, query->target, 0) > 0;
    if (!query->group) return user;
    for (int i = 0; i < query->target->group_count; i++) if (query->target->groups[i] == query->gid) return user;
    return (user || query->target->uid == query->caller->uid) && groups && match_list("R", trim(groups), fits_group, &query->gid, 0) > 0;
}

// Those that are of no account here are passed over. Returns what is behind them.
static char *take_tags(char *text, int *password, int *set)
{
    for (;;)
    {
        size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
        char *behind = text + length;
        while (isspace((unsigned char)*behind)) behind++;
        if (length == 0 || *behind != ':') return text;
        text[length] = 0;
        if (!strcmp(text, "NOPASSWD")) *password = 0;
        else if (!strcmp(text, "PASSWD")) *password = 1;
        else if (!strcmp(text, "SETENV")) *set = 1;
        else if (!strcmp(text, "NOSETENV")) *set = 0;
        text = trim(behind + 1);
    }
}

static void add_listing(struct verdict *verdict, const char *targets, const char *commands)
{
    char *all = NULL;
    if (asprintf(&all, "%s    (%s) %s\n", verdict->listing, targets ? targets : "root", commands) < 0) need(NULL);
    verdict->listing = all;
}

static void judge_commands(char *commands, const struct query *query, struct verdict *verdict)
{
    char *targets = NULL, *shown = NULL;
    int password = -1, set = -1, listed = 0;
    for (char *item; (item = next_item(&commands, ',')); )
    {
        if (*item == '(')
        {
            char *end = strchr(item, ')');
            if (!end) return;
            *end = 0;
            free(targets);
            targets = need(strdup(trim(item + 1)));
            item = trim(end + 1);
        }

        char *tagged = need(strdup(item));
        item = take_tags(item, &password, &set);
        if (asprintf(&shown, "%s%s%s", shown ? shown : "", shown ? ", " : "", tagged) < 0) need(NULL);
        listed = 1;
        verdict->known = 1;
        char *target = targets ? need(strdup(targets)) : NULL;
        const int hit = query->listing && !query->path ? 1 : match_list("C", item, fits_command, query, 0);
        if (hit == 0 || (!(query->listing && !query->path) && !matches_target(target, query))) continue;
        verdict->allowed = hit > 0;
        if (query->listing && !query->path) verdict->password = verdict->password && password != 0;
        else verdict->password = password != 0;
        verdict->set_environment = set > 0 || (set < 0 && !strcmp(item, "ALL"));
    }
    if (listed) add_listing(verdict, targets, shown);
}

void judge_rule(char *line, const struct query *query, struct verdict *verdict)
{
    // The users end where the hosts begin: at the first blank that no comma is beside.
    char *at = line, *hosts = NULL;
    for (; *at && !hosts; at++)
    {
        if (*at == '\\' && at[1]) { at++; continue; }
        if (!isspace((unsigned char)*at)) continue;
        char *next = at;
        while (isspace((unsigned char)*next)) next++;
        if (*next != ',' && at > line && at[-1] != ',' && at[-1] != '!') { hosts = next; *at = 0; }
        else at = next - 1;
    }
    if (!hosts || !matches_user(line, query->caller)) return;
    char name[256] = "";
    gethostname(name, sizeof name - 1);
    // One part a line: where more follow behind a colon, no command has their name, and nothing is allowed by them.
    char *commands = strchr(hosts, '=');
    if (!commands) return;
    *commands++ = 0;
    if (match_list("H", trim(hosts), fits_host, name, 0) > 0) judge_commands(trim(commands), query, verdict);
}
