// How client and server speak: a request, then messages both ways, over one stream.
#include "sudo.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define VERSION 1u

int write_all(int fd, const void *data, size_t length)
{
    for (const char *at = data; length > 0; )
    {
        ssize_t done = send(fd, at, length, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return -1;
        at += done;
        length -= (size_t)done;
    }
    return 0;
}

int read_all(int fd, void *data, size_t length)
{
    for (char *at = data; length > 0; )
    {
        ssize_t done = read(fd, at, length);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return -1;
        at += done;
        length -= (size_t)done;
    }
    return 0;
}

static int send_with(int fd, const void *data, size_t length, const int *passed, int count, const struct ucred *who)
{
    union { char bytes[CMSG_SPACE(4 * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))]; struct cmsghdr align; } control = { { 0 } };
    struct iovec part = { (void *)data, length };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes };
    struct cmsghdr *item = &control.align;
    if (count > 0)
    {
        *item = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN((size_t)count * sizeof(int)) };
        memcpy(CMSG_DATA(item), passed, (size_t)count * sizeof(int));
        message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
    }
    if (who)
    {
        item = (struct cmsghdr *)(control.bytes + message.msg_controllen);
        *item = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_CREDENTIALS, .cmsg_len = CMSG_LEN(sizeof *who) };
        memcpy(CMSG_DATA(item), who, sizeof *who);
        message.msg_controllen += CMSG_SPACE(sizeof *who);
    }
    if (message.msg_controllen == 0) message.msg_control = NULL;
    ssize_t sent;
    do sent = sendmsg(fd, &message, MSG_NOSIGNAL); while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)length ? 0 : -1;
}

// What came along is closed on exec. -1: not as much as was asked for, or a connection that is over.
static int receive_with(int fd, void *data, size_t length, int *passed, int *count, struct ucred *who)
{
    union { char bytes[CMSG_SPACE(16 * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))]; struct cmsghdr align; } control;
    struct iovec part = { data, length };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes };
    const int room = *count;
    *count = 0;
    ssize_t got;
    do got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC); while (got < 0 && errno == EINTR);
    if (got <= 0) return -1;
    for (struct cmsghdr *item = CMSG_FIRSTHDR(&message); item; item = CMSG_NXTHDR(&message, item))
    {
        if (item->cmsg_level != SOL_SOCKET) continue;
        if (item->cmsg_type == SCM_CREDENTIALS && who) memcpy(who, CMSG_DATA(item), sizeof *who);
        if (item->cmsg_type != SCM_RIGHTS) continue;
        const int given = (int)((item->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        for (int i = 0; i < given; i++)
        {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(item) + (size_t)i * sizeof(int), sizeof(int));
            if (*count < room) passed[(*count)++] = descriptor;
            else close(descriptor);
        }
    }
    return (size_t)got == length ? 0 : read_all(fd, (char *)data + got, length - (size_t)got);
}

int send_message(int fd, uint32_t kind, int32_t value, const char *text, int passed)
{
    const struct message message = { kind, value, text ? (uint32_t)strnlen(text, MAX_TEXT - 1) : 0 };
    if (send_with(fd, &message, sizeof message, &passed, passed >= 0, NULL) != 0) return -1;
    return message.length == 0 ? 0 : write_all(fd, text, message.length);
}

int receive_message(int fd, struct message *message, char *text, int *passed)
{
    int count = 1, descriptor = -1;
    if (receive_with(fd, message, sizeof *message, &descriptor, &count, NULL) != 0) return -1;
    if (count == 1 && !passed) close(descriptor);
    if (passed) *passed = count == 1 ? descriptor : -1;
    if (message->length >= MAX_TEXT || read_all(fd, text, message->length) != 0) return -1;
    text[message->length] = 0;
    return 0;
}

static char *append(char *at, const char *text)
{
    const size_t length = strlen(text) + 1;
    memcpy(at, text, length);
    return at + length;
}

int send_request(int fd, char **argv, char **envp, int terminal)
{
    struct request_head head = { .version = VERSION };
    char *directory = getcwd(NULL, 0);
    if (!directory) directory = "/";
    size_t bytes = strlen(directory) + 1;
    for (char **at = argv; *at; at++) { bytes += strlen(*at) + 1; head.argc++; }
    for (char **at = envp; *at; at++) { bytes += strlen(*at) + 1; head.envc++; }
    if (bytes > MAX_REQUEST) { errno = E2BIG; return -1; }
    head.bytes = (uint32_t)bytes;
    head.mask = umask(022);
    umask((mode_t)head.mask);
    for (int signal = 1; signal < 32; signal++)
    {
        struct sigaction now;
        if (sigaction(signal, NULL, &now) == 0 && now.sa_handler == SIG_IGN) head.ignored |= 1ull << signal;
    }

    struct stat root;
    if (stat("/", &root) == 0) { head.root_device = root.st_dev; head.root_file = root.st_ino; }
    int passed[4], count = 0;
    for (int i = 0; i < 3; i++)
    {
        if (fcntl(i, F_GETFD) < 0) continue;
        head.streams |= 1u << i;
        passed[count++] = i;
    }
    if (terminal >= 0) { head.streams |= 8; passed[count++] = terminal; }
    const struct ucred who = { getpid(), getuid(), getgid() };
    if (send_with(fd, &head, sizeof head, passed, count, &who) != 0) return -1;

    char *body = need(malloc(bytes)), *at = append(body, directory);
    for (char **word = argv; *word; word++) at = append(at, *word);
    for (char **word = envp; *word; word++) at = append(at, *word);
    const int result = write_all(fd, body, bytes);
    free(body);
    return result;
}

int receive_request(int fd, struct request *request)
{
    struct ucred who = { -1, (uid_t)-1, (gid_t)-1 };
    int passed[4], count = 4, used = 0;
    if (receive_with(fd, &request->head, sizeof request->head, passed, &count, &who) != 0) return -1;
    const struct request_head *head = &request->head;
    if (head->version != VERSION || who.uid == (uid_t)-1 || who.pid <= 0 || head->bytes > MAX_REQUEST || head->argc == 0 || head->argc + (uint64_t)head->envc >= head->bytes) return -1;
    request->pid = who.pid;
    request->uid = who.uid;
    request->gid = who.gid;
    for (int i = 0; i < 4; i++) request->streams[i] = head->streams & (1u << i) && used < count ? passed[used++] : -1;

    char *body = need(malloc((size_t)head->bytes + 1));
    if (read_all(fd, body, head->bytes) != 0) return -1;
    body[head->bytes] = 0;
    char *at = body, *end = body + head->bytes;
    request->argv = need(calloc((size_t)head->argc + 1, sizeof(char *)));
    request->envp = need(calloc((size_t)head->envc + 1, sizeof(char *)));
    request->directory = at;
    for (uint64_t i = 0; i < head->argc + (uint64_t)head->envc; i++)
    {
        at += strlen(at) + 1;
        if (at >= end) return -1;
        if (i < head->argc) request->argv[i] = at;
        else request->envp[i - head->argc] = at;
    }
    return 0;
}
