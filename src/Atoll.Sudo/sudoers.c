// /etc/sudoers and what it includes, as far as: user rules with hosts, targets, tags and commands, the four kinds of aliases, and the Defaults that decide on environment and password.
// What is not understood gives no right: a rule that does not parse matches nobody.
#include "sudo.h"
#include <ctype.h>
#include <dirent.h>
#include <sys/stat.h>

#define MAX_DEPTH 8
#define MAX_LINE (64u * 1024)
#define MAX_LINES 10000

static char **lines;
static int line_count;

struct alias *aliases;

char *trim(char *text)
{
    while (isspace((unsigned char)*text)) text++;
    for (char *end = text + strlen(text); end > text && isspace((unsigned char)end[-1]); ) *--end = 0;
    return text;
}

// The next of a list, outside quotes and parentheses; NULL behind the last.
char *next_item(char **rest, char separator)
{
    if (!*rest) return NULL;
    char *start = *rest;
    int quoted = 0, depth = 0;
    for (char *at = start; ; at++)
    {
        if (*at == '\\' && at[1]) { at++; continue; }
        if (*at == '"') quoted = !quoted;
        if (*at == '(') depth++;
        if (*at == ')') depth--;
        if (*at && (quoted || depth > 0 || *at != separator)) continue;
        *rest = *at ? at + 1 : NULL;
        *at = 0;
        return trim(start);
    }
}

static void read_file(const char *path, int depth);

static void read_folder(const char *path, int depth)
{
    struct dirent **entries;
    const int count = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++)
    {
        const char *name = entries[i]->d_name;
        char *full = NULL;
        if (strchr(name, '.') || name[strlen(name) - 1] == '~' || asprintf(&full, "%s/%s", path, name) < 0) continue;
        read_file(full, depth + 1);
        free(full);
    }
}

static void take_line(char *line, int depth)
{
    line = trim(line);
    char *rest = line;
    if (!strncmp(line, "@includedir", 11) || !strncmp(line, "#includedir", 11)) read_folder(trim(rest + 11), depth);
    else if (!strncmp(line, "@include", 8) || !strncmp(line, "#include", 8)) read_file(trim(rest + 8), depth + 1);
    else if (*line && (*line != '#' || isdigit((unsigned char)line[1])) && line_count < MAX_LINES)
    {
        if (line_count % 64 == 0) lines = need(realloc(lines, (size_t)(line_count + 64) * sizeof(char *)));
        lines[line_count++] = need(strdup(line));
    }
}

// As sudo: root's own file, which others cannot write.
static int is_trusted(FILE *file)
{
    struct stat info;
    return fstat(fileno(file), &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == 0 && !(info.st_mode & S_IWOTH) && (!(info.st_mode & S_IWGRP) || info.st_gid == 0);
}

static void strip_comment(char *line)
{
    int quoted = 0;
    for (char *at = line; *at; at++)
    {
        if (*at == '\\' && at[1]) { at++; continue; }
        if (*at == '"') quoted = !quoted;
        const int id = isdigit((unsigned char)at[1]) && (at == line || strchr(" \t,(%:!", at[-1]));
        if (*at == '#' && !quoted && !id && !(at == line && !strncmp(at, "#include", 8))) { *at = 0; return; }
    }
}

static void read_file(const char *path, int depth)
{
    FILE *file = depth > MAX_DEPTH ? NULL : fopen(path, "re");
    if (!file) return;
    char *line = NULL, *whole = NULL;
    size_t size = 0;
    while (is_trusted(file) && getline(&line, &size, file) >= 0)
    {
        char *part = line;
        part[strcspn(part, "\n")] = 0;
        strip_comment(part);
        const size_t length = strlen(part), had = whole ? strlen(whole) : 0;
        const int goes_on = length > 0 && part[length - 1] == '\\';
        if (goes_on) part[length - 1] = ' ';
        if (had + length > MAX_LINE) break;
        whole = need(realloc(whole, had + length + 1));
        memcpy(whole + had, part, length + 1);
        if (goes_on) continue;
        take_line(whole, depth);
        *whole = 0;
    }
    if (whole && *whole) take_line(whole, depth);
    free(whole);
    free(line);
    fclose(file);
}

static char *unquote(char *text)
{
    const size_t length = strlen(text);
    if (length >= 2 && text[0] == '"' && text[length - 1] == '"') { text[length - 1] = 0; return text + 1; }
    return text;
}

static void change_keep(struct verdict *verdict, char how, char *value)
{
    char *kept = NULL;
    if (how != '-') { if (asprintf(&kept, "%s %s", how == '+' ? verdict->keep : "", value) < 0) need(NULL); verdict->keep = kept; return; }
    // Taken away: each of its names is blanked in the list.
    for (char *name = strtok(value, " \t"); name; name = strtok(NULL, " \t"))
        for (char *at = verdict->keep; (at = strstr(at, name)); at += strlen(name))
            if ((at == verdict->keep || at[-1] == ' ') && (!at[strlen(name)] || at[strlen(name)] == ' ')) memset(at, ' ', strlen(name));
}

static void take_default(char *setting, struct verdict *verdict, int *password)
{
    const int off = *setting == '!';
    if (off) setting = trim(setting + 1);
    char *equals = strchr(setting, '='), how = '=', *value = "";
    if (equals)
    {
        value = unquote(trim(equals + 1));
        if (equals > setting && (equals[-1] == '+' || equals[-1] == '-')) { how = equals[-1]; equals[-1] = 0; }
        *equals = 0;
        setting = trim(setting);
    }
    if (!strcmp(setting, "env_reset")) verdict->reset_environment = !off;
    else if (!strcmp(setting, "setenv")) verdict->set_environment = !off;
    else if (!strcmp(setting, "authenticate")) *password = !off;
    else if (!strcmp(setting, "secure_path")) verdict->secure_path = off ? NULL : value;
    else if (!strcmp(setting, "passwd_tries") && atoi(value) > 0) verdict->tries = atoi(value) < 10 ? atoi(value) : 10;
    else if (!strcmp(setting, "env_keep")) { if (off) verdict->keep = ""; else change_keep(verdict, how, value); }
}

// Defaults[:users] setting, setting
static void take_defaults(char *line, const struct query *query, struct verdict *verdict, int *password)
{
    char *rest = line + strlen("Defaults");
    if (*rest == ':')
    {
        char *users = trim(rest + 1), *end = users + strcspn(users, " \t");
        if (*end) *end++ = 0;
        if (!matches_user(users, query->caller)) return;
        rest = end;
    }
    else if (!isspace((unsigned char)*rest)) return;   // of hosts, targets or commands
    for (char *setting; (setting = next_item(&rest, ',')); ) take_default(setting, verdict, password);
}

static int is_alias(const char *line)
{
    return !strncmp(line, "User_Alias", 10) || !strncmp(line, "Runas_Alias", 11) || !strncmp(line, "Host_Alias", 10) || !strncmp(line, "Cmnd_Alias", 10) || !strncmp(line, "Cmd_Alias", 9);
}

static void take_aliases(char *line)
{
    char *rest = line + strcspn(line, " \t");
    const char kind = *line;
    for (char *one; (one = next_item(&rest, ':')); )
    {
        char *equals = strchr(one, '=');
        if (!equals) continue;
        *equals = 0;
        struct alias *alias = need(calloc(1, sizeof *alias));
        *alias = (struct alias){ .kind = kind == 'U' ? "U" : kind == 'R' ? "R" : kind == 'H' ? "H" : "C", .name = trim(one), .members = trim(equals + 1), .next = aliases };
        aliases = alias;
    }
}

void judge(const struct query *query, struct verdict *verdict)
{
    int password = 1;
    *verdict = (struct verdict){ .reset_environment = 1, .tries = 3, .keep = "", .listing = "" };
    line_count = 0;
    aliases = NULL;
    read_file("/etc/sudoers", 0);
    for (int i = 0; i < line_count; i++) if (is_alias(lines[i])) take_aliases(lines[i]);
    for (int i = 0; i < line_count; i++) if (!strncmp(lines[i], "Defaults", 8)) take_defaults(lines[i], query, verdict, &password);
    verdict->password = password;
    const int set = verdict->set_environment;
    for (int i = 0; i < line_count; i++)
    {
        if (is_alias(lines[i]) || !strncmp(lines[i], "Defaults", 8)) continue;
        verdict->set_environment |= set;
        judge_rule(lines[i], query, verdict);
    }
    if (!password || query->caller->uid == 0) verdict->password = 0;
}
