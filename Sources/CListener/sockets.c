// Listening sockets: one address, one port, as many sockets as there are reactors.
#include "listener.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/// Finds the address to listen on. Among the addresses of a name, IPv4 is preferred: a client that resolves `localhost` tries
/// both families, one that was given 127.0.0.1 tries only that.
static bool resolve(const char *host, uint16_t port, struct sockaddr_storage *address, socklen_t *length, char *error) {
    char service[8];
    snprintf(service, sizeof service, "%u", port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int failure = getaddrinfo(host, service, &hints, &found);
    if (failure != 0) {
        snprintf(error, LISTENER_ERROR_SIZE, "%s", gai_strerror(failure));
        return false;
    }
    const struct addrinfo *best = found;
    for (const struct addrinfo *each = found; each != NULL; each = each->ai_next) {
        if (each->ai_family == AF_INET) {
            best = each;
            break;
        }
    }
    memcpy(address, best->ai_addr, best->ai_addrlen);
    *length = best->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

static uint16_t *port_of(struct sockaddr_storage *address) {
    return address->ss_family == AF_INET6 ? &((struct sockaddr_in6 *)address)->sin6_port
                                          : &((struct sockaddr_in *)address)->sin_port;
}

/// Opens one of the sockets.
///
/// The first is bound without SO_REUSEPORT, which fails if anybody listens there, and gets the option only afterwards, so
/// that the others can join it. Nobody else can take the port in between: it is held all the time.
static int open_one(const struct sockaddr_storage *address, socklen_t length, bool first, bool waits_for_data) {
    int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    const int on = 1, off = 0, seconds = 1;
    bool good = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
    if (good && address->ss_family == AF_INET6) good = setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0;
    if (good && !first) good = setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0;
    good = good && bind(fd, (const struct sockaddr *)address, length) == 0;
    if (good && first) good = setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0;
    if (good && waits_for_data) good = setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds) == 0;
    good = good && listen(fd, SOMAXCONN) == 0;
    if (good) return fd;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

int listener_open_sockets(const char *host, uint16_t port, bool waits_for_data, int *sockets, size_t count,
                          uint16_t *chosen, char *error) {
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    *chosen = port;
    if (!resolve(host, port, &address, &length, error)) return LISTENER_CANNOT_BIND;
    for (size_t index = 0; index < count; index++) {
        sockets[index] = open_one(&address, length, index == 0, waits_for_data);
        bool good = sockets[index] >= 0;
        if (good && index == 0) {
            struct sockaddr_storage bound;
            socklen_t size = sizeof bound;
            good = getsockname(sockets[0], (struct sockaddr *)&bound, &size) == 0;
            if (good) *port_of(&address) = *port_of(&bound);
            if (!good) close(sockets[0]);
        }
        if (!good) {
            int reason = errno;
            for (size_t opened = 0; opened < index; opened++) close(sockets[opened]);
            snprintf(error, LISTENER_ERROR_SIZE, "%s", strerror(reason));
            return reason == EADDRINUSE ? LISTENER_PORT_TAKEN : LISTENER_CANNOT_BIND;
        }
    }
    *chosen = ntohs(*port_of(&address));
    return LISTENER_OK;
}
