// The reference for the mock: bare libmicrohttpd.
//
//     reference PORT       0 picks a free port
//
// One thread with its own epoll instance that contains libmicrohttpd's, as in the mock. It reads the whole body of a POST and
// sends 204 from a single prepared response. When it listens, it prints the port as one line of JSON to stdout.
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

// The mock's default: 16 KiB for the headers of a request, and 2 KiB for its reply. libmicrohttpd clears this memory between
// requests, so its size affects the cost and must be the same for both servers.
enum { POOL = 18 * 1024, CONNECTIONS = 1000 };

static struct MHD_Response *no_content;

/// Called first with the headers, then with pieces of the body, and last without data.
static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *size, void **seen) {
    (void)context, (void)url, (void)method, (void)version, (void)data;
    static int mark;
    if (*seen == NULL) {
        *seen = &mark;
        return MHD_YES;
    }
    if (*size > 0) {
        *size = 0;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_NO_CONTENT, no_content);
}

static struct MHD_Daemon *listen_on(const char *port) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, NULL, NULL, answer, NULL,  //
                            MHD_OPTION_SOCK_ADDR, &address,                                  //
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL,                //
                            MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,              //
                            MHD_OPTION_CONNECTION_TIMEOUT, 60u,                              //
                            MHD_OPTION_END);
}

/// In ms; -1 waits until something happens.
static int longest_wait(struct MHD_Daemon *daemon) {
    MHD_UNSIGNED_LONG_LONG wait;
    if (MHD_get_timeout(daemon, &wait) != MHD_YES) return -1;
    return wait > INT_MAX ? INT_MAX : (int)wait;
}

static void say_ready(struct MHD_Daemon *daemon) {
    printf("{\"ready\":true,\"http\":%u}\n", (unsigned)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: reference PORT\n");
        return 64;
    }
    signal(SIGPIPE, SIG_IGN);
    no_content = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    struct MHD_Daemon *daemon = listen_on(arguments[1]);
    int loop = epoll_create1(EPOLL_CLOEXEC);
    if (no_content == NULL || daemon == NULL || loop < 0) {
        fprintf(stderr, "reference: cannot serve on port %s\n", arguments[1]);
        return 69;
    }
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(loop, EPOLL_CTL_ADD, MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, &event);
    MHD_run(daemon);  // it only watches its socket after its first run
    say_ready(daemon);
    for (;;) {
        if (epoll_wait(loop, &event, 1, longest_wait(daemon)) < 0 && errno != EINTR) return 70;
        MHD_run(daemon);
    }
}
