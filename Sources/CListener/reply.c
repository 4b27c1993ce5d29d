// Replies and refusals.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "internal.h"
#include "microhttpd_internals.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>

enum { MOST_HEADER_BYTES = 64 * 1024 };

/// The last N bytes are a header field's value of N bytes.
static char filler[MOST_HEADER_BYTES + 1];
__attribute__((constructor)) static void make_filler(void) { memset(filler, 'x', MOST_HEADER_BYTES); }

static bool equal(const char *name, size_t length, const char *other, size_t other_length) {
    return length == other_length && strncasecmp(name, other, length) == 0;
}
#define IS(name, length, literal) equal(name, length, literal, sizeof literal - 1)

/// Whether a field frames the message, or describes a body that is not sent.
static bool is_left_out(const char *name, size_t length, unsigned status) {
    switch (length) {
    case 10: return IS(name, length, "Connection");
    case 12: return status == 204 && IS(name, length, "Content-Type");
    case 14: return IS(name, length, "Content-Length");
    case 17: return IS(name, length, "Transfer-Encoding");
    default: return false;
    }
}

/// Takes the next of a reply's packed fields, `Name NUL value NUL`. Returns 1, 0 if there is none, -1 if it is malformed.
static int next_field(const char **at, const char *end, listener_field *field) {
    const char *name = *at;
    if (name == end) return 0;
    const char *value = memchr(name, '\0', (size_t)(end - name));
    if (value == NULL || value++ == name) return -1;
    const char *next = value < end ? memchr(value, '\0', (size_t)(end - value)) : NULL;
    if (next == NULL) return -1;
    *field = (listener_field){name, value, (uint32_t)(value - name - 1), (uint32_t)(next - value)};
    *at = next + 1;
    return 1;
}

/// Puts the fields together as they are sent, `Name: value CR LF Name: value`, without a line end after the last, and with NUL
/// in place of the first colon and space. Returns the length of the text after that NUL, or -1.
static ssize_t build_block(listener_reactor *reactor, unsigned status, const char *fields, size_t length, size_t *name_length) {
    size_t needed = 2 * length + 8;  // a field of two NULs becomes one of four other bytes
    if (needed > reactor->block_room) {
        char *block = realloc(reactor->block, needed);
        if (block == NULL) return -1;
        reactor->block = block;
        reactor->block_room = needed;
    }
    char *out = reactor->block;
    listener_field field;
    int found;
    *name_length = 0;
    const char *end = fields + length;
    while ((found = next_field(&fields, end, &field)) > 0) {
        if (is_left_out(field.name, field.name_length, status)) continue;
        if (*name_length > 0) out = mempcpy(out, "\r\n", 2);
        out = mempcpy(out, field.name, field.name_length);
        if (*name_length == 0) {
            *name_length = field.name_length;
            *out++ = '\0';
        } else {
            out = mempcpy(out, ": ", 2);
        }
        out = mempcpy(out, field.value, field.value_length);
    }
    if (found < 0) return -1;
    return *name_length == 0 ? 0 : out - reactor->block - (ssize_t)*name_length - 1;
}

/// Adds all fields as one: a value of the right length is added first, and then overwritten by mhd_overwrite_value().
static bool add_fields(struct MHD_Response *response, listener_reactor *reactor, unsigned status, const uint8_t *fields,
                       size_t length) {
    size_t name_length;
    ssize_t rest = build_block(reactor, status, (const char *)fields, length, &name_length);
    if (rest < 0 || rest > MOST_HEADER_BYTES) return false;
    if (name_length == 0) return true;
    const char *name = reactor->block;
    if (rest == 0) return MHD_add_response_header(response, name, " ") == MHD_YES;  // an empty one is refused
    if (MHD_add_response_header(response, name, filler + MOST_HEADER_BYTES - rest) != MHD_YES) return false;
    mhd_overwrite_value(response, name, name + name_length + 1, (size_t)rest);
    return true;
}

/// Writes a reply past libmicrohttpd: into the TLS session, or onto the socket where there is none yet. A few hundred bytes into
/// an empty send buffer do not block; what does not fit is lost.
static bool write_raw(const listener_exchange *exchange, unsigned status, const char *fields, size_t length,
                      const uint8_t *body, size_t body_length) {
    enum { ROOM = 256 };
    char *text = malloc(ROOM + 2 * length + body_length);
    if (text == NULL) return false;
    char *out = text + sprintf(text, "HTTP/1.1 %u %s\r\nConnection: close\r\n", status, listener_reason(status));
    listener_field field;
    const char *end = fields + length;
    while (length > 0 && next_field(&fields, end, &field) > 0) {
        if (is_left_out(field.name, field.name_length, status)) continue;
        out = mempcpy(mempcpy(out, field.name, field.name_length), ": ", 2);
        out = mempcpy(mempcpy(out, field.value, field.value_length), "\r\n", 2);
    }
    out += sprintf(out, "Content-Length: %zu\r\n\r\n", body_length);
    if (body_length > 0) out = mempcpy(out, body, body_length);
    if (exchange->is_tls && !exchange->is_shaking) gnutls_record_send(session_of(exchange), text, (size_t)(out - text));
    else send(socket_of(exchange), text, (size_t)(out - text), MSG_NOSIGNAL | MSG_DONTWAIT);
    free(text);
    return true;
}

/// A response that copies its body, or else keeps the body's owner until it is sent. Takes the owner over in any case.
static struct MHD_Response *make_response(const uint8_t *body, size_t length, listener_owner owner) {
    if (owner.object == NULL) return MHD_create_response_from_buffer(length, (void *)body, MHD_RESPMEM_MUST_COPY);
    struct MHD_Response *response =
        MHD_create_response_from_buffer_with_free_callback_cls(length, (void *)body, owner.release, owner.object);
    if (response == NULL) owner.release(owner.object);
    return response;
}

/// Hands a reply to libmicrohttpd.
static bool queue(listener_exchange *exchange, unsigned status, const uint8_t *fields, size_t fields_length,
                  const uint8_t *body, size_t body_length, listener_owner owner, bool closes) {
    struct MHD_Response *response = make_response(body, body_length, owner);
    if (response == NULL) return false;
    bool good = fields_length == 0 || add_fields(response, exchange->reactor, status, fields, fields_length);
    if (good && closes) good = MHD_add_response_header(response, "Connection", "close") == MHD_YES;
    good = good && MHD_queue_response(exchange->connection, status, response) == MHD_YES;
    MHD_destroy_response(response);  // ours; the connection keeps its own reference
    return good;
}

bool listener_reply(listener_exchange *exchange, unsigned status, const uint8_t *fields, size_t fields_length,
                    const uint8_t *body, size_t body_length, listener_owner owner, bool closes) {
    bool is_expected = exchange->phase == PHASE_DECIDING && status >= 200 && status <= 599;
    if (owner.object != NULL && (exchange->is_raw || !is_expected)) {
        // What is written at once is not kept. The caller has the body until this function returns.
        owner.release(owner.object);
        owner.object = NULL;
    }
    if (!is_expected) return false;
    if (status == 204) body_length = 0;
    bool good = exchange->is_raw ? write_raw(exchange, status, (const char *)fields, fields_length, body, body_length)
                                 : queue(exchange, status, fields, fields_length, body, body_length, owner, closes);
    if (good) exchange->phase = PHASE_ANSWERED;
    else listener_log(exchange->reactor, LISTENER_WARNING, "A reply with status %u could not be sent.", status);
    return good;
}

bool listener_is_head(const listener_exchange *exchange) { return strcmp(exchange->method, MHD_HTTP_METHOD_HEAD) == 0; }

const char *listener_reason(unsigned status) {
    return MHD_get_reason_phrase_len_for(status) > 0 ? MHD_get_reason_phrase_for(status) : "Non-Standard Status";
}

// MARK: Refusals

enum MHD_Result listener_refuse(listener_exchange *exchange, refusal refusal) {
    const listener_callbacks *callbacks = &exchange->reactor->callbacks;
    listener_log(exchange->reactor, LISTENER_INFO, "Refused a request from %s with %u: %s", exchange->peer, refusal.status,
                 refusal.message);
    exchange->phase = PHASE_DECIDING;
    callbacks->refused(callbacks->context, exchange, refusal.status, refusal.message);
    bool is_answered = exchange->phase == PHASE_ANSWERED;
    exchange->phase = PHASE_ANSWERED;
    return is_answered ? MHD_YES : MHD_NO;
}

enum MHD_Result listener_refuse_midway(listener_exchange *exchange, refusal refusal) {
    exchange->is_raw = true;
    listener_refuse(exchange, refusal);
    return MHD_NO;
}
