// The body of a request, as libmicrohttpd hands it over in pieces.
#include "internal.h"

#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

enum { FIRST_BODY = 4096 };

/// How often it is checked whether a chunked body gets on, in ms; and how often it must not have before it is refused.
enum { LOOK_EVERY = 100, MOST_STUCK = 3 };

/// Makes room for `length` more bytes. The reactor has one spare buffer, which is enough for nearly every request: a body
/// lives only until its request has been handed over. Beyond that buffer's size, Content-Length is not trusted.
static bool make_room(listener_exchange *exchange, size_t length) {
    listener_reactor *reactor = exchange->reactor;
    if (exchange->body == NULL && reactor->spare_body != NULL) {
        exchange->body = reactor->spare_body;
        exchange->body_room = reactor->spare_room;
        reactor->spare_body = NULL;
    }
    size_t needed = exchange->body_length + length;
    if (needed <= exchange->body_room) return true;
    size_t room = exchange->body_room == 0 ? FIRST_BODY : exchange->body_room * 2;
    if (room < exchange->announced && exchange->announced <= SPARE_BODY) room = exchange->announced;
    while (room < needed) room *= 2;
    // The reactor's spare buffer is nobody's, and the smallest is not worth counting.
    if (room > FIRST_BODY && !listener_charge_body(exchange, room)) return false;
    uint8_t *body = realloc(exchange->body, room);
    if (body == NULL) return false;
    exchange->body = body;
    exchange->body_room = room;
    return true;
}

void listener_drop_body(listener_exchange *exchange) {
    listener_reactor *reactor = exchange->reactor;
    if (exchange->body == NULL) return;
    if (reactor->spare_body == NULL && exchange->body_room <= SPARE_BODY) {
        reactor->spare_body = exchange->body;
        reactor->spare_room = exchange->body_room;
    } else {
        free(exchange->body);
    }
    exchange->body = NULL;
    exchange->body_length = exchange->body_room = 0;
}

enum MHD_Result listener_gather(listener_exchange *exchange, const char *data, size_t *size) {
    // Only a chunked body can turn out too long here.
    if (*size > exchange->reactor->limits.max_body - exchange->body_length) return listener_refuse_midway(exchange, BODY_TOO_LONG);
    if (!make_room(exchange, *size)) return listener_refuse_midway(exchange, NO_ROOM);
    memcpy(exchange->body + exchange->body_length, data, *size);
    exchange->body_length += *size;
    *size = 0;
    return MHD_YES;
}

// MARK: Chunked bodies that do not get on

/// How many bytes have arrived that libmicrohttpd has not read.
static size_t unread(const listener_exchange *exchange) {
    int count = 0;
    ioctl(socket_of(exchange), SIOCINQ, &count);
    return (size_t)count + (exchange->is_tls ? gnutls_record_check_pending(session_of(exchange)) : 0);
}

void listener_watch_progress(listener_exchange *exchange) {
    exchange->stuck = 0;
    exchange->last_unread = exchange->last_length = 0;
    listener_set_timer(exchange, listener_clock_ms() + LOOK_EVERY);
}

/// A line between two chunks that is longer than the connection's buffer, such as one with a long extension, stops libmicrohttpd:
/// it neither reads nor refuses, and calls nobody. So what arrives stays unread, look after look.
void listener_check_progress(listener_exchange *exchange) {
    size_t waiting = unread(exchange);
    bool is_stuck = waiting > 0 && waiting == exchange->last_unread && exchange->body_length == exchange->last_length;
    exchange->stuck = is_stuck ? exchange->stuck + 1 : 0;
    exchange->last_unread = waiting;
    exchange->last_length = exchange->body_length;
    if (exchange->stuck < MOST_STUCK) {
        listener_set_timer(exchange, listener_clock_ms() + LOOK_EVERY);
        return;
    }
    listener_remove_timer(exchange);
    listener_refuse_midway(exchange, REFUSAL(400, "A line between two chunks of the body is longer than this server accepts."));
    if (exchange->is_tls) gnutls_bye(session_of(exchange), GNUTLS_SHUT_WR);
    listener_close_cleanly(socket_of(exchange));
}
