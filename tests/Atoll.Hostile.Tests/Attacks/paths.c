// What a program inside does to paths while the file routes work on them.
#include "attack.h"
#include <sys/socket.h>
#include <sys/un.h>

// ARGS: a folder, the path that the links point to, how many swaps, seconds at most. "x" is now a file and now a link, "d" now a folder and now a link.
static void swap(int argc, char **argv) {
    if (argc < 4 || chdir(argv[0])) return;
    long most = atol(argv[2]), made = 0;
    double until = attack_now() + atof(argv[3]);
    close(open("x", O_WRONLY | O_CREAT, 0644));
    mkdir("d", 0755);
    close(open("d/x", O_WRONLY | O_CREAT, 0644));
    if (symlink(argv[1], "xl") && errno != EEXIST) return;
    if (symlink("/", "dl") && errno != EEXIST) return;
    int exchange = syscall(SYS_renameat2, AT_FDCWD, "x", AT_FDCWD, "xl", 2) == 0;
    while (made < most && attack_now() < until) {
        if (exchange) {
            syscall(SYS_renameat2, AT_FDCWD, "x", AT_FDCWD, "xl", 2);
            syscall(SYS_renameat2, AT_FDCWD, "d", AT_FDCWD, "dl", 2);
        } else {
            unlink("x");
            if (symlink(argv[1], "x")) unlink("x");
            unlink("x");
            close(open("x", O_WRONLY | O_CREAT, 0644));
            rename("d", "d2");
            if (symlink("/", "d")) unlink("d");
            unlink("d");
            rename("d2", "d");
        }

        made += 2;
    }

    printf("swaps done %ld\n", made);
}

// ARGS: a folder, how many files.
static void many(int argc, char **argv) {
    if (argc < 2) return;
    mkdir(argv[0], 0755);
    int folder = open(argv[0], O_RDONLY | O_DIRECTORY);
    long most = atol(argv[1]), made = 0;
    char name[32];
    for (; made < most; made++) {
        snprintf(name, sizeof name, "f%07ld", made);
        int fd = openat(folder, name, O_WRONLY | O_CREAT, 0644);
        if (fd < 0) break;
        close(fd);
    }

    printf("many done %ld\n", made);
}

// ARGS: a folder, seconds.
static void rename_tree(int argc, char **argv) {
    if (argc < 2 || chdir(argv[0])) return;
    long made = 0;
    mkdir("a", 0755);
    mkdir("a/b", 0755);
    mkdir("a/b/c", 0755);
    for (double until = attack_now() + atof(argv[1]); attack_now() < until; made++) {
        rename("a", "z");
        close(open("z/b/c/file", O_WRONLY | O_CREAT, 0644));
        rename("z/b", "z/y");
        rename("z/y/c", "c");
        unlink("c/file");
        rename("c", "z/y/c");
        rename("z/y", "z/b");
        rename("z", "a");
    }

    printf("renames done %ld\n", made);
}

// ARGS: a folder. A pipe, a socket that listens and never answers, links to what has no end.
static void specials(int argc, char **argv) {
    if (argc < 1 || chdir(argv[0])) return;
    mkfifo("pipe", 0666);
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 1)) return;
    if (symlink("/dev/zero", "zero") || symlink("pipe", "link-to-pipe") || symlink("socket", "link-to-socket") || symlink("loop", "loop")) return;
    printf("specials done 6\n");
}

const struct attack path_attacks[] = { { "swap", swap }, { "many", many }, { "rename-tree", rename_tree }, { "specials", specials }, { 0, 0 } };
