// The reactor: one thread, one epoll in which those of its libmicrohttpd daemons are nested, waking and stopping.
//
// libmicrohttpd's own loop is not used: when exactly 128 connections become ready at once, it goes to sleep with their
// requests unanswered. MHD_run(), which never waits, does not.
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/abstract.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { EVENTS = 128, POOL_RESERVE = 2048 };

/// Leaves percent-escapes alone: libmicrohttpd would decode the target in place, and %00 would cut it.
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strlen(text);
}

// MARK: Waiting

/// For how long a daemon without descriptors accepts nothing, in ms.
enum { PAUSE = 100 };

static int nested_epoll(const daemon_entry *daemon) {
    return MHD_get_daemon_info(daemon->mhd, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

static bool watch_daemon(daemon_entry *daemon, int how, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = daemon};
    return epoll_ctl(daemon->reactor->epoll, how, nested_epoll(daemon), &event) == 0;
}

/// How long to wait for a daemon, in ms. A daemon that must run now is marked ready.
static int64_t wait_of(daemon_entry *daemon) {
    MHD_UNSIGNED_LONG_LONG wait = INT32_MAX;
    if (daemon->paused_until > 0) {
        int64_t pause = daemon->paused_until - listener_clock_ms();
        return pause > 0 ? pause : 0;
    }
    if (!daemon->is_ready && MHD_get_timeout(daemon->mhd, &wait) == MHD_YES) daemon->is_ready = wait == 0;
    if (daemon->is_ready) return 0;
    return wait < INT32_MAX ? (int64_t)wait : INT32_MAX;
}

/// How long to wait for events, in ms: until libmicrohttpd must run or a timer fires; -1 for as long as it takes.
static int next_wait(listener_reactor *reactor) {
    int64_t wait = INT32_MAX;
    for (size_t index = 0; index < reactor->daemon_count; index++) {
        int64_t daemon_wait = wait_of(&reactor->daemons[index]);
        if (daemon_wait < wait) wait = daemon_wait;
    }
    if (reactor->heap_count > 0) {
        int64_t timer_wait = reactor->heap[0]->due - listener_clock_ms();
        if (timer_wait < 0) timer_wait = 0;
        if (timer_wait < wait) wait = timer_wait;
    }
    return wait == INT32_MAX ? -1 : (int)wait;
}

// MARK: Events

static void take_wake(listener_reactor *reactor) {
    uint64_t count;
    if (read(reactor->wake, &count, sizeof count) < 0 || atomic_load_explicit(&reactor->is_stopping, memory_order_acquire)) return;
    reactor->callbacks.woken(reactor->callbacks.context);
}

/// Something has happened to the socket of a connection.
static void take_event(listener_exchange *exchange, uint32_t events) {
    if (exchange->phase != PHASE_HELD) listener_report_end(exchange);
    else if (exchange->is_shaking && (events & EPOLLIN) != 0) listener_end_hold(exchange, PHASE_FRESH);
    else if ((events & ~(uint32_t)EPOLLOUT) != 0) listener_end_hold(exchange, PHASE_GONE);
    else listener_resume_script(exchange);
}

static void fire(listener_exchange *exchange) {
    if (exchange->phase != PHASE_HELD) listener_check_progress(exchange);
    else if (exchange->script == NULL) listener_end_hold(exchange, PHASE_DUE);
    else listener_resume_script(exchange);
}

/// Stops looking for new connections for a while where there are no descriptors for them. libmicrohttpd does so itself, but not
/// where it has no connection whose end would give a descriptor back: then it tries without a pause. With no connection, a
/// pause makes nobody wait who could be served.
static void pause_if_short(daemon_entry *daemon) {
    listener_reactor *reactor = daemon->reactor;
    int probe = fcntl(reactor->wake, F_DUPFD_CLOEXEC, 0);
    if (probe >= 0) {
        close(probe);
        return;
    }
    if (!reactor->is_short)
        listener_log(reactor, LISTENER_WARNING, "No connection can be accepted: %s. Raise the limit on open files.", strerror(errno));
    reactor->is_short = true;
    if (watch_daemon(daemon, EPOLL_CTL_MOD, 0)) daemon->paused_until = listener_clock_ms() + PAUSE;
}

static void run_daemon(daemon_entry *daemon) {
    bool is_empty = daemon->was_woken && daemon->open == 0;
    size_t opened = daemon->opened;
    daemon->is_ready = daemon->was_woken = false;
    MHD_run(daemon->mhd);
    if (is_empty && daemon->opened == opened) pause_if_short(daemon);
}

/// One round: wait, note who has left, fire timers, let libmicrohttpd work.
static void turn(listener_reactor *reactor) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(reactor->epoll, events, EVENTS, next_wait(reactor));
    for (int index = 0; index < count; index++) {
        subject *about = events[index].data.ptr;
        daemon_entry *daemon = *about == ABOUT_DAEMON ? (daemon_entry *)about : NULL;
        if (daemon != NULL) daemon->is_ready = daemon->was_woken = true;
        // No exchange is freed between the wait and here, so the pointer is good.
        if (*about == ABOUT_WAKE) take_wake(reactor);
        if (*about == ABOUT_CONNECTION) take_event((listener_exchange *)about, events[index].events);
    }
    if (reactor->heap_count > 0) {
        int64_t now = listener_clock_ms();
        while (reactor->heap_count > 0 && reactor->heap[0]->due <= now) fire(reactor->heap[0]);
    }
    bool all = count == 0 || reactor->has_resumed;  // a timeout of libmicrohttpd's, or a connection to take back
    reactor->has_resumed = false;
    for (size_t index = 0; index < reactor->daemon_count; index++) {
        daemon_entry *daemon = &reactor->daemons[index];
        if (daemon->paused_until > 0) {
            if (daemon->paused_until > listener_clock_ms() || !watch_daemon(daemon, EPOLL_CTL_MOD, EPOLLIN)) continue;
            daemon->paused_until = 0;
        }
        if (all || daemon->is_ready) run_daemon(daemon);
    }
}

// MARK: The thread

/// Closes everything. Stopping a daemon that has a suspended connection aborts the process, so all are resumed first;
/// libmicrohttpd takes them back and closes them without calling the access handler again.
static void wind_up(listener_reactor *reactor) {
    while (reactor->held != NULL) listener_end_hold(reactor->held, PHASE_GONE);
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

/// libmicrohttpd wants to know where certificates come from, and is never asked: listener_begin_handshake() sets them.
static int no_certificate(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
                          const gnutls_pk_algorithm_t *algorithms, int algorithm_count, gnutls_pcert_st **certificates,
                          unsigned *certificate_count, gnutls_privkey_t *key) {
    (void)session, (void)authorities, (void)authority_count, (void)algorithms, (void)algorithm_count;
    (void)certificates, (void)certificate_count, (void)key;
    return -1;
}

bool listener_reactor_serve(listener_reactor *reactor, int socket, listener_identity *identity) {
    bool is_tls = identity != NULL;
    if (reactor->daemon_count == MAX_DAEMONS) {
        close(socket);
        return false;
    }
    daemon_entry *daemon = &reactor->daemons[reactor->daemon_count];
    // Ready from the start: a daemon begins to watch its socket when it first runs.
    *daemon = (daemon_entry){.about = ABOUT_DAEMON, .is_tls = is_tls, .is_ready = true, .reactor = reactor};
    if (is_tls) reactor->identity = identity;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)no_certificate},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"},
        {MHD_OPTION_END, 0, NULL},
    };
    // The pool holds a request's head and then the reply's; the reserve is for a reply to the longest head. It is no larger,
    // because libmicrohttpd clears all of it between two requests.
    daemon->mhd = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | MHD_USE_SUPPRESS_DATE_NO_CLOCK | (is_tls ? MHD_USE_TLS : 0),
        0, NULL, NULL, listener_access, reactor,  //
        MHD_OPTION_EXTERNAL_LOGGER, listener_log_library, reactor,  // first, so that it hears about the others
        MHD_OPTION_LISTEN_SOCKET, socket,  //
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, reactor->limits.max_headers + POOL_RESERVE,  //
        MHD_OPTION_CONNECTION_LIMIT, reactor->limits.max_connections,  //
        MHD_OPTION_CONNECTION_TIMEOUT, reactor->limits.idle_seconds,  //
        MHD_OPTION_URI_LOG_CALLBACK, listener_note_target, reactor,  //
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,  //
        MHD_OPTION_NOTIFY_COMPLETED, listener_note_completion, reactor,  //
        MHD_OPTION_NOTIFY_CONNECTION, listener_note_connection, daemon,  //
        MHD_OPTION_ARRAY, is_tls ? tls : &tls[2],  //
        MHD_OPTION_END);
    if (daemon->mhd == NULL) return false;  // libmicrohttpd closes the socket when it fails
    reactor->daemon_count++;
    if (watch_daemon(daemon, EPOLL_CTL_ADD, EPOLLIN)) return true;
    listener_log(reactor, LISTENER_WARNING, "The event loop cannot watch a socket: %s", strerror(errno));
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
    listener_free_credentials(reactor);
    free(reactor);
}
