// Ways to end a connection. libmicrohttpd closes the socket afterwards.
#include "internal.h"

#include <sys/socket.h>

/// How many bytes of what a client has sent are read away before its connection is closed.
enum { DRAINED = 1 << 20 };

void listener_reset(int socket) {
    struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
    connect(socket, &nowhere, sizeof nowhere);
}

void listener_close_cleanly(int socket) {
    char away[4096];
    ssize_t count = 1;
    for (ssize_t total = 0; count > 0 && total < DRAINED; total += count) count = recv(socket, away, sizeof away, MSG_DONTWAIT);
    shutdown(socket, SHUT_RDWR);  // libmicrohttpd reads the end and closes
}
