// Time and holding: timers, and connections that wait without a thread.
#include "internal.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

int64_t clock_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// MARK: Timers: a binary heap, the earliest first

static void place(listener_reactor *reactor, size_t at, listener_exchange *exchange) {
    reactor->heap[at] = exchange;
    exchange->timer = at;
}

static void sift(listener_reactor *reactor, size_t at, listener_exchange *exchange) {
    while (at > 0 && reactor->heap[(at - 1) / 2]->due > exchange->due) {
        place(reactor, at, reactor->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= reactor->heap_count) break;
        if (child + 1 < reactor->heap_count && reactor->heap[child + 1]->due < reactor->heap[child]->due) child++;
        if (reactor->heap[child]->due >= exchange->due) break;
        place(reactor, at, reactor->heap[child]);
        at = child;
    }
    place(reactor, at, exchange);
}

static bool add_timer(listener_exchange *exchange) {
    listener_reactor *reactor = exchange->reactor;
    if (reactor->heap_count == reactor->heap_room) {
        size_t room = reactor->heap_room == 0 ? 64 : reactor->heap_room * 2;
        listener_exchange **heap = realloc(reactor->heap, room * sizeof *heap);
        if (heap == NULL) return false;
        reactor->heap = heap;
        reactor->heap_room = room;
    }
    sift(reactor, reactor->heap_count++, exchange);
    return true;
}

static void remove_timer(listener_exchange *exchange) {
    listener_reactor *reactor = exchange->reactor;
    if (exchange->timer == SIZE_MAX) return;
    listener_exchange *last = reactor->heap[--reactor->heap_count];
    if (last != exchange) sift(reactor, exchange->timer, last);
    exchange->timer = SIZE_MAX;
}

// MARK: Holding

int socket_of(const listener_exchange *exchange) {
    return MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

static bool listen_for(const listener_exchange *exchange, int how, uint32_t events) {
    struct epoll_event event = {.events = EPOLLRDHUP | events, .data.ptr = (void *)exchange};
    return epoll_ctl(exchange->reactor->epoll, how, socket_of(exchange), &event) == 0;
}

/// Begins to watch for the client leaving, for as long as the connection is open.
void watch(const listener_exchange *exchange) { listen_for(exchange, EPOLL_CTL_ADD, EPOLLET); }

/// Ends that, before the exchange is freed. Closing the socket would not: a process that is just being started may have it open
/// too until it runs its program, and so long epoll would go on telling of it.
void unwatch(const listener_exchange *exchange) { listen_for(exchange, EPOLL_CTL_DEL, 0); }

/// The client has ended its side of a connection that is not held. Where the end came together with what was sent before it,
/// libmicrohttpd does not know: its epoll is edge-triggered, and it does not read on where a read brought less than there was
/// room for. So it is given a run to read what was sent, and then the same registration once more makes its epoll tell it
/// again; it reads the end when it next wants to read.
static void tell_of_end(listener_exchange *exchange) {
    if (!exchange->has_ended) {
        exchange->has_ended = exchange->daemon->is_ready = true;
        listen_for(exchange, EPOLL_CTL_MOD, EPOLLET);  // brings us here again after that run
        return;
    }
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLET, .data.ptr = exchange->connection};
    int theirs = MHD_get_daemon_info(exchange->daemon->mhd, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    epoll_ctl(theirs, EPOLL_CTL_MOD, socket_of(exchange), &event);
}

/// Tells of the end once more behind a reply: while that was written, libmicrohttpd did not want to read.
void watch_on(listener_exchange *exchange) {
    if (!exchange->has_ended) return;
    exchange->has_ended = false;
    listen_for(exchange, EPOLL_CTL_MOD, EPOLLET);
}

/// Suspends a connection. libmicrohttpd then leaves its socket alone, also its timeout, until it is resumed; so the watch
/// for a client that leaves is ours. `due` is when note_time() is called, INT64_MAX for never; `events` is what note_event()
/// hears of besides the client leaving.
bool hold_until(listener_exchange *exchange, int64_t due, uint32_t events) {
    listener_reactor *reactor = exchange->reactor;
    exchange->due = due;
    if (due != INT64_MAX && !add_timer(exchange)) return false;
    if (!listen_for(exchange, EPOLL_CTL_MOD, events)) {
        remove_timer(exchange);
        return false;
    }
    exchange->phase = PHASE_HELD;
    exchange->previous_held = NULL;
    exchange->next_held = reactor->held;
    if (reactor->held != NULL) reactor->held->previous_held = exchange;
    reactor->held = exchange;
    MHD_suspend_connection(exchange->connection);
    return true;
}

/// Goes on holding a connection, until another time and for other events.
bool hold_on(listener_exchange *exchange, int64_t due, uint32_t events) {
    remove_timer(exchange);
    exchange->due = due;
    if (due != INT64_MAX && !add_timer(exchange)) return false;
    return listen_for(exchange, EPOLL_CTL_MOD, events);
}

/// Ends a hold. libmicrohttpd calls the access handler again when it next runs, and `next` tells it what to do.
void release_hold(listener_exchange *exchange, phase next) {
    listener_reactor *reactor = exchange->reactor;
    listen_for(exchange, EPOLL_CTL_MOD, EPOLLET);
    // One that is held in its handshake has no handler to be told: it would shake hands after all, or wait again.
    if (exchange->is_shaking && next != PHASE_FRESH) shutdown(socket_of(exchange), SHUT_RDWR);
    remove_timer(exchange);
    if (exchange->previous_held != NULL) exchange->previous_held->next_held = exchange->next_held;
    else reactor->held = exchange->next_held;
    if (exchange->next_held != NULL) exchange->next_held->previous_held = exchange->previous_held;
    exchange->phase = next;
    MHD_resume_connection(exchange->connection);
    reactor->has_resumed = true;
}

/// The time has come for which a connection was held.
void note_time(listener_exchange *exchange) {
    if (exchange->script == NULL) release_hold(exchange, PHASE_DUE);
    else go_on(exchange);
}

/// Something has happened to the socket of a connection.
void note_event(listener_exchange *exchange, uint32_t events) {
    if (exchange->phase != PHASE_HELD) tell_of_end(exchange);
    else if (exchange->is_shaking && (events & EPOLLIN) != 0) release_hold(exchange, PHASE_FRESH);
    else if ((events & ~(uint32_t)EPOLLOUT) != 0) release_hold(exchange, PHASE_GONE);
    else go_on(exchange);
}

// MARK: The contract

bool listener_hold(listener_exchange *exchange, int64_t milliseconds) {
    if (exchange->phase != PHASE_DECIDING) return false;
    int64_t now = milliseconds < 0 ? 0 : clock_ms();
    return hold_until(exchange, milliseconds < 0 || milliseconds > INT64_MAX - now ? INT64_MAX : now + milliseconds, 0);
}

void listener_release(listener_exchange *exchange) {
    if (exchange->phase == PHASE_HELD && exchange->script == NULL) release_hold(exchange, PHASE_DUE);
}

void listener_set_tag(listener_exchange *exchange, void *tag) { exchange->tag = tag; }

void *listener_tag(const listener_exchange *exchange) { return exchange->tag; }
