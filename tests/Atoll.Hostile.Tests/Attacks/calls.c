#include "attack.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

// The agent's port: every call of the host's comes there.
enum { PORT = 19717, MOST = 2048 };

static struct in_addr own_address(void) {
    struct sockaddr_in far = { .sin_family = AF_INET, .sin_port = htons(9) }, own = { .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof own;
    inet_pton(AF_INET, "192.0.2.1", &far.sin_addr);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (!connect(fd, (struct sockaddr *)&far, sizeof far)) getsockname(fd, (struct sockaddr *)&own, &length);
    close(fd);
    return own.sin_addr;
}

static int open_one(int number, struct in_addr own) {
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
    to.sin_addr.s_addr = number % 2 ? own.s_addr : htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (fd >= 0) connect(fd, (struct sockaddr *)&to, sizeof to);
    return fd;
}

// ARGS: how many connections, seconds. Holds them without a word, or with a byte of a long frame now and then, and opens each again that is closed; every other one by loopback.
static void agent_calls(int argc, char **argv) {
    static struct pollfd held[MOST];
    int count = argc > 0 ? atoi(argv[0]) : 600;
    double until = attack_now() + (argc > 1 ? atof(argv[1]) : 5), spoke = attack_now();
    struct rlimit files = { MOST + 64, MOST + 64 };
    setrlimit(RLIMIT_NOFILE, &files);
    if (count > MOST) count = MOST;
    struct in_addr own = own_address();
    long opened = 0;
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < count; i++) held[i] = (struct pollfd){ open_one(i, own), POLLIN, 0 };
    for (; attack_now() < until; ) {
        poll(held, count, 20);
        int speak = attack_now() - spoke > 0.5;
        if (speak) spoke = attack_now();
        for (int i = 0; i < count; i++) {
            char byte[16];
            if (held[i].revents && recv(held[i].fd, byte, sizeof byte, 0) <= 0 && errno != EAGAIN) {
                close(held[i].fd);
                held[i].fd = open_one(i, own);
                opened++;
            } else if (speak && i % 3 == 0) {
                send(held[i].fd, "\x10", 1, MSG_NOSIGNAL);
            }
        }
    }

    snprintf(note, sizeof note, "%d held, %ld opened again", count, opened);
    attack_say("agent-calls", 0);
}

const struct attack call_attacks[] = { { "agent-calls", agent_calls }, { 0, 0 } };
