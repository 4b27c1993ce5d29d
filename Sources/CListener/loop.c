// The reactor: one thread, one epoll in which those of its libmicrohttpd daemons are nested, waking and stopping.
//
// libmicrohttpd's own loop is not used: when exactly 128 connections become ready at once it goes to sleep with their
// requests unanswered. MHD_run() with its zero wait does not.
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { EVENTS = 128, POOL_RESERVE = 2048 };

void log_line(const listener_reactor *reactor, int level, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    reactor->callbacks.log(reactor->callbacks.context, level, text);
}

/// libmicrohttpd's log. Requests that it refuses itself reach no handler: this is the only place that hears of them.
static void library_log(void *context, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));
static void library_log(void *context, const char *format, va_list arguments) {
    const listener_reactor *reactor = context;
    char text[512];
    vsnprintf(text, sizeof text, format, arguments);
    text[strcspn(text, "\n")] = '\0';
    int level = strncmp(text, "Error processing request", 24) == 0 ? LISTENER_INFO : LISTENER_DEBUG;
    reactor->callbacks.log(reactor->callbacks.context, level, text);
}

/// Leaves percent-escapes alone: libmicrohttpd would decode the target in place, and %00 would cut it.
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strlen(text);
}

// MARK: The loop

/// How long to wait, in ms: until libmicrohttpd or a timer wants something. A daemon that wants it now is marked ready.
static int next_wait(listener_reactor *reactor) {
    int64_t wait = INT32_MAX;
    for (size_t index = 0; index < reactor->daemon_count; index++) {
        MHD_UNSIGNED_LONG_LONG daemon_wait;
        daemon_entry *daemon = &reactor->daemons[index];
        if (!daemon->is_ready) {
            if (MHD_get_timeout(daemon->mhd, &daemon_wait) != MHD_YES) continue;
            daemon->is_ready = daemon_wait == 0;
            if (daemon_wait < (MHD_UNSIGNED_LONG_LONG)wait) wait = (int64_t)daemon_wait;
        }
        if (daemon->is_ready) wait = 0;
    }
    if (reactor->heap_count > 0) {
        int64_t timer_wait = reactor->heap[0]->due - clock_ms();
        if (timer_wait < 0) timer_wait = 0;
        if (timer_wait < wait) wait = timer_wait;
    }
    return wait == INT32_MAX ? -1 : (int)wait;
}

static void take_wake(listener_reactor *reactor) {
    uint64_t count;
    if (read(reactor->wake, &count, sizeof count) < 0 || atomic_load_explicit(&reactor->is_stopping, memory_order_acquire)) return;
    reactor->callbacks.woken(reactor->callbacks.context);
}

/// One round: wait, note who has left, let timers fire, let libmicrohttpd work.
static void turn(listener_reactor *reactor) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(reactor->epoll, events, EVENTS, next_wait(reactor));
    for (int index = 0; index < count; index++) {
        subject *about = events[index].data.ptr;
        daemon_entry *daemon = *about == ABOUT_DAEMON ? (daemon_entry *)about : NULL;
        if (daemon != NULL) daemon->is_ready = true;
        // No exchange is freed between the wait and here, so the pointer is good.
        if (*about == ABOUT_WAKE) take_wake(reactor);
        if (*about == ABOUT_DEPARTURE) note_event((listener_exchange *)about, events[index].events);
    }
    if (reactor->heap_count > 0) {
        int64_t now = clock_ms();
        while (reactor->heap_count > 0 && reactor->heap[0]->due <= now) note_time(reactor->heap[0]);
    }
    bool all = count == 0 || reactor->has_resumed;  // a timeout of libmicrohttpd's, or somebody to take back
    reactor->has_resumed = false;
    for (size_t index = 0; index < reactor->daemon_count; index++) {
        daemon_entry *daemon = &reactor->daemons[index];
        if (!all && !daemon->is_ready) continue;
        daemon->is_ready = false;
        MHD_run(daemon->mhd);
    }
}

/// Takes everything down. Stopping a daemon that has a suspended connection aborts the process, so all are resumed first;
/// libmicrohttpd takes them back and closes them without calling the access handler again.
static void wind_up(listener_reactor *reactor) {
    while (reactor->held != NULL) release_hold(reactor->held, PHASE_GONE);
    for (size_t index = 0; index < reactor->daemon_count; index++) {
        int socket = MHD_quiesce_daemon(reactor->daemons[index].mhd);
        if (socket >= 0) close(socket);
        MHD_stop_daemon(reactor->daemons[index].mhd);
    }
    reactor->daemon_count = 0;
}

static void *run(void *context) {
    listener_reactor *reactor = context;
    while (!atomic_load_explicit(&reactor->is_stopping, memory_order_acquire)) turn(reactor);
    wind_up(reactor);
    return NULL;
}

// MARK: The contract

listener_reactor *listener_reactor_make(const listener_callbacks *callbacks, const listener_limits *limits) {
    listener_reactor *reactor = calloc(1, sizeof *reactor);
    if (reactor == NULL) return NULL;
    // One heap for all threads: with a heap each, what one has freed is not there for the others, and what a long run holds
    // depends on which thread happened to serve what.
    mallopt(M_ARENA_MAX, 1);
    reactor->callbacks = *callbacks;
    reactor->limits = *limits;
    reactor->wake_about = ABOUT_WAKE;
    reactor->epoll = epoll_create1(EPOLL_CLOEXEC);
    reactor->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &reactor->wake_about};
    if (reactor->epoll >= 0 && reactor->wake >= 0 && epoll_ctl(reactor->epoll, EPOLL_CTL_ADD, reactor->wake, &event) == 0)
        return reactor;
    listener_reactor_free(reactor);
    return NULL;
}

bool listener_reactor_serve(listener_reactor *reactor, int socket, const char *key_pem, const char *certificate_pem) {
    bool is_tls = key_pem != NULL;
    if (reactor->daemon_count == MAX_DAEMONS) {
        close(socket);
        return false;
    }
    daemon_entry *daemon = &reactor->daemons[reactor->daemon_count];
    // Ready from the start: a daemon begins to watch its socket when it first runs.
    *daemon = (daemon_entry){.about = ABOUT_DAEMON, .is_tls = is_tls, .is_ready = true, .reactor = reactor};
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)key_pem},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)certificate_pem},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"},
        {MHD_OPTION_END, 0, NULL},
    };
    // The pool holds a request's head and then the reply's; the reserve is for a reply to the longest head. It is not
    // larger, because libmicrohttpd clears it whole between two requests.
    daemon->mhd = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | MHD_USE_SUPPRESS_DATE_NO_CLOCK | (is_tls ? MHD_USE_TLS : 0),
        0, NULL, NULL, converse, reactor,  //
        MHD_OPTION_EXTERNAL_LOGGER, library_log, reactor,  // first, so that it hears of the other options
        MHD_OPTION_LISTEN_SOCKET, socket,  //
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, reactor->limits.max_headers + POOL_RESERVE,  //
        MHD_OPTION_CONNECTION_LIMIT, reactor->limits.max_connections,  //
        MHD_OPTION_CONNECTION_TIMEOUT, reactor->limits.idle_seconds,  //
        MHD_OPTION_URI_LOG_CALLBACK, note_target, reactor,  //
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,  //
        MHD_OPTION_NOTIFY_COMPLETED, note_completion, reactor,  //
        MHD_OPTION_NOTIFY_CONNECTION, note_connection, daemon,  //
        MHD_OPTION_ARRAY, is_tls ? tls : &tls[3],  //
        MHD_OPTION_END);
    if (daemon->mhd == NULL) return false;  // libmicrohttpd closes the socket when it fails
    reactor->daemon_count++;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = daemon};
    int nested = MHD_get_daemon_info(daemon->mhd, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    if (epoll_ctl(reactor->epoll, EPOLL_CTL_ADD, nested, &event) == 0) return true;
    log_line(reactor, LISTENER_WARNING, "The event loop cannot watch a socket: %s", strerror(errno));
    return false;
}

bool listener_reactor_start(listener_reactor *reactor) {
    reactor->is_started = pthread_create(&reactor->thread, NULL, run, reactor) == 0;
    return reactor->is_started;
}

void listener_reactor_stop(listener_reactor *reactor) {
    uint64_t one = 1;
    atomic_store_explicit(&reactor->is_stopping, true, memory_order_release);
    // Fails only if the counter is full, and then the thread has been woken already.
    if (write(reactor->wake, &one, sizeof one) < 0) return;
}

int listener_wake_descriptor(const listener_reactor *reactor) { return fcntl(reactor->wake, F_DUPFD_CLOEXEC, 0); }

void listener_reactor_free(listener_reactor *reactor) {
    if (reactor->is_started) {
        listener_reactor_stop(reactor);
        pthread_join(reactor->thread, NULL);
    } else {
        wind_up(reactor);
    }
    if (reactor->epoll >= 0) close(reactor->epoll);
    if (reactor->wake >= 0) close(reactor->wake);
    free(reactor->heap);
    free(reactor->fields);
    free(reactor->spare_body);
    free(reactor->block);
    free_credentials(reactor);
    free(reactor);
}
