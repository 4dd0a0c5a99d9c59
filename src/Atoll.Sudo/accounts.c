// Users and groups by the files themselves: a static program has no other way, and a sandbox seldom has another.
#include "sudo.h"
#include <crypt.h>
#include <grp.h>
#include <pwd.h>
#include <shadow.h>

static int number(const char *text, unsigned *value)
{
    char *end;
    if (*text < '0' || *text > '9') return 0;
    errno = 0;
    unsigned long parsed = strtoul(text, &end, 10);
    if (*end || errno || parsed > 0x7fffffff) return 0;
    *value = (unsigned)parsed;
    return 1;
}

static void read_hash(struct account *account)
{
    FILE *file = fopen("/etc/shadow", "re");
    if (!file) return;
    for (struct spwd *entry; (entry = fgetspent(file)); )
    {
        if (strcmp(entry->sp_namp, account->name)) continue;
        account->hash = need(strdup(entry->sp_pwdp));
        break;
    }
    fclose(file);
}

static void read_groups(struct account *account)
{
    account->groups[account->group_count++] = account->gid;
    FILE *file = fopen("/etc/group", "re");
    if (!file) return;
    for (struct group *entry; account->group_count < MAX_GROUPS && (entry = fgetgrent(file)); )
        for (char **member = entry->gr_mem; *member; member++)
            if (!strcmp(*member, account->name) && entry->gr_gid != account->gid)
            {
                account->groups[account->group_count++] = entry->gr_gid;
                break;
            }
    fclose(file);
}

static int find(struct account *account, const char *name, uid_t uid)
{
    FILE *file = fopen("/etc/passwd", "re");
    if (!file) return -1;
    int found = -1;
    for (struct passwd *entry; found != 0 && (entry = fgetpwent(file)); )
    {
        if (name ? strcmp(entry->pw_name, name) != 0 : entry->pw_uid != uid) continue;
        *account = (struct account)
        {
            .name = need(strdup(entry->pw_name)), .home = need(strdup(*entry->pw_dir ? entry->pw_dir : "/")), .shell = need(strdup(*entry->pw_shell ? entry->pw_shell : "/bin/sh")),
            .hash = need(strdup(entry->pw_passwd)), .uid = entry->pw_uid, .gid = entry->pw_gid,
        };
        found = 0;
    }
    fclose(file);
    if (found != 0) return -1;
    if (!strcmp(account->hash, "x")) read_hash(account);
    read_groups(account);
    return 0;
}

int find_user(struct account *account, const char *text)
{
    unsigned uid;
    return text[0] == '#' ? number(text + 1, &uid) ? find(account, NULL, uid) : -1 : find(account, text, 0);
}

int find_user_by_id(struct account *account, uid_t uid) { return find(account, NULL, uid); }

int find_group(const char *text, gid_t *gid)
{
    unsigned given;
    if (text[0] == '#' && number(text + 1, &given)) { *gid = given; return 0; }
    FILE *file = fopen("/etc/group", "re");
    if (!file) return -1;
    int found = -1;
    for (struct group *entry; found != 0 && (entry = fgetgrent(file)); )
        if (!strcmp(entry->gr_name, text)) { *gid = entry->gr_gid; found = 0; }
    fclose(file);
    return found;
}

int in_group(const struct account *account, const char *text)
{
    gid_t gid;
    if (find_group(text, &gid) != 0) return 0;
    for (int i = 0; i < account->group_count; i++) if (account->groups[i] == gid) return 1;
    return 0;
}

int check_password(const struct account *account, const char *password)
{
    const char *hash = account->hash;
    if (!hash || !*hash || *hash == '!' || *hash == '*') return 0;
    const char *made = crypt(password, hash);
    return made && *made != '*' && !strcmp(made, hash);
}
