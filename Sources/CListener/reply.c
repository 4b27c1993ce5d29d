// Replies and refusals.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "internal.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum { MOST_HEADER_BYTES = 64 * 1024 };

/// Text to make a header field's value of the wanted length from: the last N bytes.
static char filler[MOST_HEADER_BYTES + 1];
__attribute__((constructor)) static void make_filler(void) { memset(filler, 'x', MOST_HEADER_BYTES); }

static bool equal(const char *name, size_t length, const char *other, size_t other_length) {
    return length == other_length && strncasecmp(name, other, length) == 0;
}
#define IS(name, length, literal) equal(name, length, literal, sizeof literal - 1)

/// Fields that frame the message, or describe a body that is not there.
static bool is_left_out(const char *name, size_t length, unsigned status) {
    switch (length) {
    case 10: return IS(name, length, "Connection");
    case 12: return status == 204 && IS(name, length, "Content-Type");
    case 14: return IS(name, length, "Content-Length");
    case 17: return IS(name, length, "Transfer-Encoding");
    default: return false;
    }
}

/// Puts the fields together as they go on the wire, `Name: value CR LF Name: value`, without a line end behind the last,
/// NUL behind the first name. Returns the length of the text behind that name's colon and blank, or -1.
static ssize_t build_block(listener_reactor *reactor, unsigned status, const char *fields, size_t length, size_t *name_length) {
    size_t needed = 2 * length + 8;  // a field of two NULs becomes one of four other bytes
    if (needed > reactor->block_room) {
        char *block = realloc(reactor->block, needed);
        if (block == NULL) return -1;
        reactor->block = block;
        reactor->block_room = needed;
    }
    char *out = reactor->block;
    const char *end = fields + length;
    *name_length = 0;
    while (fields < end) {
        const char *value = memchr(fields, '\0', (size_t)(end - fields));
        if (value++ == NULL) return -1;
        const char *next = value < end ? memchr(value, '\0', (size_t)(end - value)) : NULL;
        if (next++ == NULL) return -1;
        size_t name_size = (size_t)(value - fields) - 1, value_size = (size_t)(next - value) - 1;
        if (name_size == 0) return -1;
        if (!is_left_out(fields, name_size, status)) {
            if (*name_length > 0) out = mempcpy(out, "\r\n", 2);
            out = mempcpy(out, fields, name_size);
            if (*name_length == 0) {
                *name_length = name_size;
                *out++ = '\0';
            } else {
                out = mempcpy(out, ": ", 2);
            }
            out = mempcpy(out, value, value_size);
        }
        fields = next;
    }
    return *name_length == 0 ? 0 : out - reactor->block - (ssize_t)*name_length - 1;
}

/// Adds all fields as one, which costs a fifth of adding five.
///
/// libmicrohttpd refuses line ends in a value. So a value of the right length goes in first, and is then overwritten where
/// it lies: MHD_get_response_header() answers the pointer to the response's own copy (response.c: strdup() when added,
/// `return pos->value` when asked), which nobody else has yet, and its length, which libmicrohttpd has noted, stays.
static bool add_fields(struct MHD_Response *response, listener_reactor *reactor, unsigned status, const uint8_t *fields,
                       size_t length) {
    size_t name_length;
    ssize_t rest = build_block(reactor, status, (const char *)fields, length, &name_length);
    if (rest < 0 || rest > MOST_HEADER_BYTES) return false;
    if (name_length == 0) return true;
    const char *name = reactor->block;
    if (rest == 0) return MHD_add_response_header(response, name, " ") == MHD_YES;  // an empty one is refused
    if (MHD_add_response_header(response, name, filler + MOST_HEADER_BYTES - rest) != MHD_YES) return false;
    char *value = (char *)MHD_get_response_header(response, name);
    memcpy(value, name + name_length + 1, (size_t)rest);
    return true;
}

bool listener_reply(listener_exchange *exchange, unsigned status, const uint8_t *fields, size_t fields_length,
                    const uint8_t *body, size_t body_length, bool closes) {
    listener_reactor *reactor = exchange->reactor;
    if (exchange->phase != PHASE_DECIDING || status < 200 || status > 599) return false;
    if (status == 204) body_length = 0;
    struct MHD_Response *response = MHD_create_response_from_buffer(body_length, (void *)body, MHD_RESPMEM_MUST_COPY);
    if (response == NULL) return false;
    bool good = fields_length == 0 || add_fields(response, reactor, status, fields, fields_length);
    if (good && closes) good = MHD_add_response_header(response, "Connection", "close") == MHD_YES;
    good = good && MHD_queue_response(exchange->connection, status, response) == MHD_YES;
    MHD_destroy_response(response);  // ours; the connection keeps its own reference
    if (good) exchange->phase = PHASE_ANSWERED;
    else log_line(reactor, LISTENER_WARNING, "A reply with status %u could not be sent.", status);
    return good;
}

// MARK: Refusals

static void log_refusal(const listener_exchange *exchange, refusal refusal) {
    log_line(exchange->reactor, LISTENER_INFO, "Refused a request from %s with %u: %s", exchange->peer, refusal.status,
             refusal.message);
}

/// Refuses a request whose head has been read. libmicrohttpd closes a connection whose reply comes before the body's end.
enum MHD_Result refuse(listener_exchange *exchange, refusal refusal) {
    log_refusal(exchange, refusal);
    exchange->phase = PHASE_ANSWERED;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(refusal.json), (void *)refusal.json, MHD_RESPMEM_PERSISTENT);
    if (response == NULL) return MHD_NO;
    MHD_add_response_header(response, "Content-Type", "application/json; charset=utf-8");
    enum MHD_Result queued = MHD_queue_response(exchange->connection, refusal.status, response);
    MHD_destroy_response(response);
    return queued;
}

/// Refuses a request in the middle of its body, where libmicrohttpd takes no reply: writes one past it, on the socket or
/// the TLS session, and lets it close. A few hundred bytes into an empty send buffer do not block.
enum MHD_Result refuse_midway(listener_exchange *exchange, refusal refusal) {
    log_refusal(exchange, refusal);
    exchange->phase = PHASE_ANSWERED;
    char text[512];
    int length = snprintf(text, sizeof text,
                          "HTTP/1.1 %u Content Too Large\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n"
                          "Content-Length: %zu\r\n\r\n%s",
                          refusal.status, strlen(refusal.json), refusal.json);
    if (exchange->is_tls) {
        gnutls_session_t session =
            MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session;
        gnutls_record_send(session, text, (size_t)length);
    } else {
        int socket = MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        send(socket, text, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    return MHD_NO;
}
