// Time and holding: timers, and connections that wait without a thread.
#include "internal.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

/// How soon it is looked whether what a client said before it left has been read, in ms.
enum { LOOK_SOON = 20 };

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

void remove_timer(listener_exchange *exchange) {
    listener_reactor *reactor = exchange->reactor;
    if (exchange->timer == SIZE_MAX) return;
    listener_exchange *last = reactor->heap[--reactor->heap_count];
    if (last != exchange) sift(reactor, exchange->timer, last);
    exchange->timer = SIZE_MAX;
}

// MARK: Who leaves

/// Registers a connection for being told once, in note_event(), that its client has said its last: EPOLL_CTL_ADD from the
/// beginning, EPOLL_CTL_MOD behind a hold. A connection without it is closed by its timeout at the latest.
static void watch(const listener_exchange *exchange, int operation) {
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLONESHOT, .data.ptr = (void *)exchange};
    epoll_ctl(exchange->reactor->epoll, operation, socket_of(exchange), &event);
}

void watch_departure(const listener_exchange *exchange) { watch(exchange, EPOLL_CTL_ADD); }

/// Looks soon whether libmicrohttpd has read all that a client said before it left.
static void look_soon(listener_exchange *exchange) {
    remove_timer(exchange);
    exchange->due = clock_ms() + LOOK_SOON;
    add_timer(exchange);
}

/// Lets libmicrohttpd see that a client has left. It takes a socket from which it got less than it asked for as empty until
/// epoll speaks again; but an end that came with the last bytes has been told already. Shutting down what has ended anyway
/// makes epoll speak, and leaves alone what is still to be written.
static void tell_departure(listener_exchange *exchange) {
    char byte;
    ssize_t count = recv(socket_of(exchange), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count == 0) shutdown(socket_of(exchange), SHUT_RD);
    if (count > 0) look_soon(exchange);
}

// MARK: Holding

int socket_of(const listener_exchange *exchange) {
    return MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

/// Suspends a connection. libmicrohttpd then leaves its socket alone, also its timeout, until it is resumed; so the watch
/// for a client that leaves is ours. `due` is when note_time() is called, INT64_MAX for never; `events` is what note_event()
/// hears of besides the client leaving.
bool hold_until(listener_exchange *exchange, int64_t due, uint32_t events) {
    listener_reactor *reactor = exchange->reactor;
    remove_timer(exchange);
    exchange->due = due;
    if (due != INT64_MAX && !add_timer(exchange)) return false;
    struct epoll_event event = {.events = EPOLLRDHUP | events, .data.ptr = exchange};
    if (epoll_ctl(reactor->epoll, EPOLL_CTL_MOD, socket_of(exchange), &event) != 0) {
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
    struct epoll_event event = {.events = EPOLLRDHUP | events, .data.ptr = exchange};
    return epoll_ctl(exchange->reactor->epoll, EPOLL_CTL_MOD, socket_of(exchange), &event) == 0;
}

/// Ends a hold. libmicrohttpd calls the access handler again when it next runs, and `next` tells it what to do.
void release_hold(listener_exchange *exchange, phase next) {
    listener_reactor *reactor = exchange->reactor;
    watch(exchange, EPOLL_CTL_MOD);
    // One that is held in its handshake has no handler to be told: it would shake hands after all.
    if (exchange->fault == LISTENER_FAULT_STALL) shutdown(socket_of(exchange), SHUT_RDWR);
    remove_timer(exchange);
    if (exchange->previous_held != NULL) exchange->previous_held->next_held = exchange->next_held;
    else reactor->held = exchange->next_held;
    if (exchange->next_held != NULL) exchange->next_held->previous_held = exchange->previous_held;
    exchange->phase = next;
    MHD_resume_connection(exchange->connection);
    reactor->has_resumed = true;
}

/// The time has come for which a connection was held, or to look at one whose client left.
void note_time(listener_exchange *exchange) {
    if (exchange->phase != PHASE_HELD) {
        remove_timer(exchange);
        tell_departure(exchange);
    } else if (exchange->script == NULL) release_hold(exchange, PHASE_DUE);
    else go_on(exchange);
}

/// Something has happened to the socket of a connection that is held, or the client of another has left.
void note_event(listener_exchange *exchange, uint32_t events) {
    if (exchange->phase != PHASE_HELD) look_soon(exchange);
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
