// sudo where the kernel knows no set-user-ID programs. One program with two parts:
//   the client is what users start. It has no rights; it sends its arguments, environment and standard streams to process 1, and does what belongs to the user's terminal.
//   the server is started by process 1, as root, for each client, with the connection as standard input. It asks /etc/sudoers, runs the command, and says how it ended.
// Who the client is says the kernel: SCM_CREDENTIALS, which nobody without root can forge. (SO_PEERCRED will not do: gVisor answers with the asker's own.)
// Where set-user-ID programs do work, or process 1 does not listen, the client becomes the real sudo.
#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL_SUDO "/usr/bin/sudo.distrib"
#define ADDRESS "atoll/sudo"              // abstract
#define MAX_REQUEST (4u * 1024 * 1024)    // what Linux takes for arguments and environment, and a little
#define MAX_TEXT 1024u
#define MAX_GROUPS 1024

struct request_head
{
    uint32_t version, argc, envc, bytes, mask, streams;  // streams: bit n: descriptor n comes along; bit 3: the terminal does
    uint64_t ignored;                                    // signals
    uint64_t root_device, root_file;                     // what "/" is to the client
};

// Behind the head: the working directory, the arguments and the environment, each with its NUL.
struct request
{
    struct request_head head;
    pid_t pid;
    uid_t uid;
    gid_t gid;
    int streams[4];
    char *directory, **argv, **envp;
};

enum message_kind { ASK_HIDDEN = 1, ASK_PLAIN, TERMINAL, STOPPED, ENDED, DETACHED, ANSWER, SIGNAL, CONTINUE };

// Behind it as many bytes of text as it says.
struct message { uint32_t kind; int32_t value; uint32_t length; };

struct options
{
    const char *user, *group, *prompt, *keep, *other;
    int background, preserve_all, preserve_groups, login, shell, non_interactive, from_stdin, reset, reset_all, validate, list, version, help, edit, home;
    char **assignments;
    int assignment_count;
    char **command;
    int command_count;
};

struct account { char *name, *home, *shell, *hash; uid_t uid; gid_t gid; gid_t groups[MAX_GROUPS]; int group_count; };

// What /etc/sudoers says of one caller, target and command.
struct verdict
{
    int known, allowed, password, set_environment;
    int reset_environment, tries;
    char *secure_path, *keep;       // names and patterns, spaces between
    char *listing;                  // for -l
};

struct query { const struct account *caller, *target; const char *group; gid_t gid; const char *path; char **arguments; int listing; };

// client.c, terminal.c
int run_client(char **argv);
int read_secret(int terminal, int from_stdin, int hidden, const char *prompt, char *text, size_t size);
int raw_terminal(int terminal);
void restore_terminal(int terminal);

// server.c
int run_server(void);

// wire.c
int write_all(int fd, const void *data, size_t length);
int read_all(int fd, void *data, size_t length);
int send_message(int fd, uint32_t kind, int32_t value, const char *text, int passed);
int receive_message(int fd, struct message *message, char *text, int *passed);
int send_request(int fd, char **argv, char **envp, int terminal);
int receive_request(int fd, struct request *request);

// options.c: 0, or the status to end with, having said why on the caller's stderr.
int parse_options(struct options *options, int argc, char **argv, int err);

// accounts.c
int find_user(struct account *account, const char *text);
int find_user_by_id(struct account *account, uid_t uid);
int find_group(const char *text, gid_t *gid);
int in_group(const struct account *account, const char *text);
int check_password(const struct account *account, const char *password);

// sudoers.c, rules.c
void judge(const struct query *query, struct verdict *verdict);
struct alias { char *kind, *name, *members; struct alias *next; };
extern struct alias *aliases;
void judge_rule(char *line, const struct query *query, struct verdict *verdict);
int matches_user(const char *list, const struct account *account);
char *trim(char *text);
char *next_item(char **rest, char separator);

// environment.c
char **make_environment(const struct request *request, const struct options *options, const struct account *caller, const struct account *target, const struct verdict *verdict, const char *command);
const char *lookup(char **environment, const char *name);

// command.c
char *find_program(const char *name, const char *path, const char *directory);
char *join(char **words, int count);
char *join_escaped(char **words, int count);
int run_command(int link, const struct request *request, const struct options *options, const struct account *target, char *program, char **argv, char **envp);

void *need(void *memory);
