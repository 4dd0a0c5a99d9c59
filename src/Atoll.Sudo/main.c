#include "sudo.h"
#include <sys/prctl.h>

void *need(void *memory)
{
    if (memory) return memory;
    static const char text[] = "sudo: there is no memory to be had\n";
    (void)!write(2, text, sizeof text - 1);
    _exit(1);
}

// Root needs no helper; and where the kernel honours the bits, the real one has them.
int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "--serve") && getpid() != 1 && geteuid() == 0) return run_server();
    const int status = geteuid() != 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? run_client(argv) : -1;
    if (status >= 0) return status;
    execv(REAL_SUDO, argv);
    if (errno == ENOENT) execv("/usr/bin/sudo", argv);
    fprintf(stderr, "sudo: %s: %s\n", REAL_SUDO, strerror(errno));
    return 1;
}
