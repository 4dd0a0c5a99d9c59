#include "sudo.h"
#include <getopt.h>

static const char usage[] =
    "usage: sudo -h | -K | -k | -V\n"
    "usage: sudo -v [-kNnS] [-p prompt]\n"
    "usage: sudo -l [-kNnS] [-p prompt] [-u user] [command [arg ...]]\n"
    "usage: sudo [-bEHkNnPS] [-g group] [-p prompt] [-u user] [VAR=value] [-i | -s] [command [arg ...]]\n";

static const struct option names[] =
{
    { "background", no_argument, 0, 'b' }, { "preserve-env", optional_argument, 0, 'E' }, { "edit", no_argument, 0, 'e' }, { "group", required_argument, 0, 'g' },
    { "set-home", no_argument, 0, 'H' }, { "help", no_argument, 0, 'h' }, { "login", no_argument, 0, 'i' }, { "remove-timestamp", no_argument, 0, 'K' },
    { "reset-timestamp", no_argument, 0, 'k' }, { "list", no_argument, 0, 'l' }, { "no-update", no_argument, 0, 'N' }, { "non-interactive", no_argument, 0, 'n' },
    { "preserve-groups", no_argument, 0, 'P' }, { "prompt", required_argument, 0, 'p' }, { "stdin", no_argument, 0, 'S' }, { "shell", no_argument, 0, 's' },
    { "user", required_argument, 0, 'u' }, { "version", no_argument, 0, 'V' }, { "validate", no_argument, 0, 'v' }, { "askpass", no_argument, 0, 'A' },
    { "bell", no_argument, 0, 'B' }, { "close-from", required_argument, 0, 'C' }, { "chdir", required_argument, 0, 'D' }, { "chroot", required_argument, 0, 'R' },
    { "command-timeout", required_argument, 0, 'T' }, { "other-user", required_argument, 0, 'U' }, { "host", required_argument, 0, 'h' }, { 0, 0, 0, 0 },
};

static int refuse(int err, const char *text)
{
    dprintf(err, "sudo: %s\n", text);
    return 1;
}

static int take(struct options *options, int letter, int err)
{
    switch (letter)
    {
        case 'b': options->background = 1; break;
        case 'E': if (optarg) options->keep = optarg; else options->preserve_all = 1; break;
        case 'e': options->edit = 1; break;
        case 'g': options->group = optarg; break;
        case 'H': options->home = 1; break;
        case 'h': options->help = 1; break;
        case 'i': options->login = 1; break;
        case 'K': options->reset_all = 1; break;
        case 'k': options->reset = 1; break;
        case 'l': options->list++; break;
        case 'n': options->non_interactive = 1; break;
        case 'P': options->preserve_groups = 1; break;
        case 'p': options->prompt = optarg; break;
        case 'S': options->from_stdin = 1; break;
        case 's': options->shell = 1; break;
        case 'u': if (!*optarg) return refuse(err, "the user's name is empty"); options->user = optarg; break;
        case 'V': options->version = 1; break;
        case 'v': options->validate = 1; break;
        case 'U': options->other = optarg; break;
        case 'A': case 'B': case 'N': break;
        case 'C': case 'D': case 'R': case 'T':
            dprintf(err, "sudo: -%c is not to be had in this sandbox, where sudo is the agent's\n", letter);
            return 1;
        default: dprintf(err, "%s", usage); return 1;
    }
    return 0;
}

static int is_assignment(const char *word)
{
    const char *equals = strchr(word, '=');
    return equals && equals != word && !memchr(word, '/', (size_t)(equals - word));
}

int parse_options(struct options *options, int argc, char **argv, int err)
{
    options->assignments = need(calloc((size_t)argc + 1, sizeof(char *)));
    if (dup2(err, 2) < 0) return 1;   // getopt's own words
    const size_t length = strlen(argv[0]);
    if (length >= 4 && !strcmp(argv[0] + length - 4, "edit")) options->edit = 1;
    argv[0] = "sudo";
    optind = 1;
    for (;;)
    {
        const int letter = getopt_long(argc, argv, "+ABbC:D:Eeg:HhiKklNnPp:R:SsT:U:u:Vv", names, NULL);
        if (letter >= 0)
        {
            const int status = take(options, letter, err);
            if (status) return status;
            continue;
        }
        if (optind > 1 && !strcmp(argv[optind - 1], "--")) break;
        if (optind >= argc || !is_assignment(argv[optind])) break;
        options->assignments[options->assignment_count++] = argv[optind++];
    }
    options->command = argv + optind;
    options->command_count = argc - optind;
    if (options->login && options->shell) return refuse(err, "you may not specify both the -i and -s options");
    if (options->login && options->preserve_all) return refuse(err, "you may not specify both the -i and -E options");
    if (options->help) return dprintf(err, "sudo - execute a command as another user\n\n%s", usage) < 0;
    const int alone = options->reset || options->reset_all || options->validate || options->list || options->version || options->edit || options->help;
    if (options->command_count == 0 && !options->login && !options->shell && !alone)
    {
        dprintf(err, "%s", usage);
        return 1;
    }
    return 0;
}
