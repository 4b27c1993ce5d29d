// Holding: connections that wait without a thread, and clients that leave.
#include "internal.h"
#include "microhttpd_internals.h"

#include <sys/socket.h>

static bool listen_for(const listener_exchange *exchange, int how, uint32_t events) {
    struct epoll_event event = {.events = EPOLLRDHUP | events, .data.ptr = (void *)exchange};
    return epoll_ctl(exchange->reactor->epoll, how, socket_of(exchange), &event) == 0;
}

void listener_watch(const listener_exchange *exchange) { listen_for(exchange, EPOLL_CTL_ADD, EPOLLET); }

void listener_unwatch(const listener_exchange *exchange) { listen_for(exchange, EPOLL_CTL_DEL, 0); }

void listener_watch_again(listener_exchange *exchange) {
    if (!exchange->has_ended) return;
    exchange->has_ended = false;
    listen_for(exchange, EPOLL_CTL_MOD, EPOLLET);
}

/// libmicrohttpd first gets a run to read what was sent before the end; then its epoll reports the socket again, and it reads
/// the end when it next wants to read.
void listener_report_end(listener_exchange *exchange) {
    if (!exchange->has_ended) {
        exchange->has_ended = exchange->daemon->is_ready = true;
        listen_for(exchange, EPOLL_CTL_MOD, EPOLLET);  // leads here again after that run
        return;
    }
    mhd_report_again(exchange->daemon->mhd, exchange->connection, socket_of(exchange));
}

bool listener_hold_until(listener_exchange *exchange, int64_t due, uint32_t events) {
    listener_reactor *reactor = exchange->reactor;
    if (!listener_set_timer(exchange, due)) return false;
    if (!listen_for(exchange, EPOLL_CTL_MOD, events)) {
        listener_remove_timer(exchange);
        return false;
    }
    exchange->phase = PHASE_HELD;
    exchange->previous_held = NULL;
    exchange->next_held = reactor->held;
    if (reactor->held != NULL) reactor->held->previous_held = exchange;
    reactor->held = exchange;
    if (exchange->is_shaking) mhd_suspend_in_handshake(exchange->connection);
    else MHD_suspend_connection(exchange->connection);
    return true;
}

bool listener_hold_longer(listener_exchange *exchange, int64_t due, uint32_t events) {
    return listener_set_timer(exchange, due) && listen_for(exchange, EPOLL_CTL_MOD, events);
}

void listener_end_hold(listener_exchange *exchange, phase next) {
    listener_reactor *reactor = exchange->reactor;
    listen_for(exchange, EPOLL_CTL_MOD, EPOLLET);
    // A connection that is held in its handshake has no handler to call: it would complete the handshake, or wait again.
    if (exchange->is_shaking && next != PHASE_FRESH) shutdown(socket_of(exchange), SHUT_RDWR);
    listener_remove_timer(exchange);
    if (exchange->previous_held != NULL) exchange->previous_held->next_held = exchange->next_held;
    else reactor->held = exchange->next_held;
    if (exchange->next_held != NULL) exchange->next_held->previous_held = exchange->previous_held;
    exchange->phase = next;
    MHD_resume_connection(exchange->connection);
    reactor->has_resumed = true;
}

// MARK: The contract

bool listener_hold(listener_exchange *exchange, int64_t milliseconds) {
    if (exchange->phase != PHASE_DECIDING || exchange->is_raw) return false;
    int64_t now = milliseconds < 0 ? 0 : listener_clock_ms();
    bool is_forever = milliseconds < 0 || milliseconds > INT64_MAX - now;
    return listener_hold_until(exchange, is_forever ? INT64_MAX : now + milliseconds, 0);
}

void listener_release(listener_exchange *exchange) {
    if (exchange->phase == PHASE_HELD && exchange->script == NULL) listener_end_hold(exchange, PHASE_DUE);
}

void listener_set_tag(listener_exchange *exchange, void *tag) { exchange->tag = tag; }

void *listener_tag(const listener_exchange *exchange) { return exchange->tag; }
