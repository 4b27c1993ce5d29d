// What libmicrohttpd calls while it reads a request: the strict pass, the body, handing over, and the end.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "internal.h"
#include "microhttpd_internals.h"

#include <strings.h>

// MARK: Reading

/// Called with the request line's target before libmicrohttpd splits it.
void *listener_note_target(void *context, const char *target, struct MHD_Connection *connection) {
    (void)context;
    listener_exchange *exchange = exchange_of(connection);
    if (exchange == NULL || target == NULL) return NULL;
    exchange->phase = PHASE_FRESH;
    exchange->target = (char *)target;
    exchange->target_length = strlen(target);
    exchange->query = memchr(exchange->target, '?', exchange->target_length);
    if (exchange->query != NULL) exchange->after_query = mhd_hide_query(exchange->query);
    return exchange;
}

/// Removes scheme and authority from a target in absolute form, `http://host/path`.
static void make_origin_form(listener_exchange *exchange) {
    char *target = exchange->target, *end = target + exchange->target_length;
    if (*target == '/') return;
    size_t scheme = strncasecmp(target, "http://", 7) == 0 ? 7 : strncasecmp(target, "https://", 8) == 0 ? 8 : 0;
    if (scheme == 0) return;
    char *path = target + scheme;
    while (path < end && *path != '/' && *path != '?') path++;
    if (path == end || *path == '?') *--path = '/';  // over the authority's last byte
    exchange->target = path;
    exchange->target_length = (size_t)(end - path);
}

/// The longest body that is read and dropped, in bytes; a longer one is cut off.
enum { DRAINABLE = 64 << 20 };

/// Whether a body that is too long is to be read and dropped before it is refused.
///
/// Over TLS, a client that is still writing when the connection closes sees an end of file, and never the refusal before it.
/// Over TCP it does see the refusal, and a client that waits for 100-continue has not begun to write.
static bool must_drain(const listener_exchange *exchange) {
    if (!exchange->is_tls || exchange->announced > DRAINABLE) return false;
    for (size_t index = 0; index < exchange->reactor->field_count; index++) {
        const listener_field *field = &exchange->reactor->fields[index];
        if (field->name_length == 6 && strncasecmp(field->name, "Expect", 6) == 0) return false;
    }
    return true;
}

/// The first of libmicrohttpd's calls: the head has been read.
static enum MHD_Result begin(listener_exchange *exchange, const char *url, const char *method, const char *version) {
    exchange->phase = PHASE_READING;
    exchange->method = method;
    exchange->version = version;
    exchange->body_length = 0;
    if (exchange->query != NULL) mhd_show_query(exchange->query, exchange->after_query);
    refusal wrong = listener_check_head(exchange, url);
    if (wrong.status == 413 && must_drain(exchange)) {
        exchange->phase = PHASE_DRAINING;
        return MHD_YES;
    }
    if (wrong.status != 0) return listener_refuse(exchange, wrong);
    make_origin_form(exchange);
    if (exchange->is_chunked) listener_watch_progress(exchange);
    return MHD_YES;
}

// MARK: Handing over

/// What to return to libmicrohttpd after a callback: MHD_NO, which closes the connection, unless it has replied or holds it.
static enum MHD_Result settled(const listener_exchange *exchange) {
    return exchange->phase == PHASE_ANSWERED || exchange->phase == PHASE_HELD ? MHD_YES : MHD_NO;
}

static bool is_blank(char byte) { return byte == ' ' || byte == '\t'; }

/// The last of libmicrohttpd's calls: the whole request has been read.
static enum MHD_Result hand_over(listener_exchange *exchange) {
    listener_reactor *reactor = exchange->reactor;
    listener_remove_timer(exchange);
    if (!listener_collect_fields(exchange)) return MHD_NO;
    size_t packed = 0;
    for (size_t index = 0; index < reactor->field_count; index++) {
        listener_field *field = &reactor->fields[index];
        while (field->value_length > 0 && is_blank(field->value[field->value_length - 1])) field->value_length--;
        packed += 2 * sizeof(uint32_t) + field->name_length + field->value_length;
    }
    listener_request request = {
        .method = exchange->method,
        .target = exchange->target,
        .fields = reactor->fields,
        .body = exchange->body,
        .peer = exchange->peer,
        .method_length = strlen(exchange->method),
        .target_length = exchange->target_length,
        .field_count = reactor->field_count,
        .packed_fields_length = packed,
        .body_length = exchange->body_length,
        .peer_length = exchange->peer_length,
        .minor_version = exchange->version[7] - '0',
        .is_tls = exchange->is_tls,
    };
    exchange->phase = PHASE_DECIDING;
    reactor->callbacks.request(reactor->callbacks.context, exchange, &request);
    listener_drop_body(exchange);
    return settled(exchange);
}

enum MHD_Result listener_access(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                const char *version, const char *data, size_t *size, void **exchange_pointer) {
    (void)connection;
    listener_reactor *reactor = context;
    listener_exchange *exchange = *exchange_pointer;
    if (exchange == NULL) return MHD_NO;
    switch (exchange->phase) {
    case PHASE_FRESH: return begin(exchange, url, method, version);
    case PHASE_READING: return *size > 0 ? listener_gather(exchange, data, size) : hand_over(exchange);
    case PHASE_DRAINING:
        if (*size == 0) return listener_refuse(exchange, BODY_TOO_LONG);
        *size = 0;
        return MHD_YES;
    case PHASE_DUE:
        exchange->phase = PHASE_DECIDING;
        reactor->callbacks.due(reactor->callbacks.context, exchange);
        return settled(exchange);
    default: return MHD_NO;
    }
}

void listener_note_completion(void *context, struct MHD_Connection *connection, void **exchange_pointer,
                              enum MHD_RequestTerminationCode code) {
    (void)connection;
    (void)code;
    listener_reactor *reactor = context;
    listener_exchange *exchange = *exchange_pointer;
    if (exchange == NULL) return;
    listener_remove_timer(exchange);
    listener_drop_body(exchange);
    listener_discharge(exchange);
    if (reactor->fields_of == exchange) reactor->fields_of = NULL;
    exchange->phase = PHASE_ANSWERED;
    if (exchange->tag != NULL) reactor->callbacks.ended(reactor->callbacks.context, exchange);
    exchange->tag = NULL;
    listener_watch_again(exchange);
}

static uint8_t *pack_length(uint8_t *out, uint32_t length) {
    uint8_t bytes[] = {(uint8_t)length, (uint8_t)(length >> 8), (uint8_t)(length >> 16), (uint8_t)(length >> 24)};
    return (uint8_t *)mempcpy(out, bytes, sizeof bytes);
}

void listener_pack(const listener_request *request, uint8_t *out) {
    out = mempcpy(out, request->target, request->target_length);
    for (size_t index = 0; index < request->field_count; index++) {
        const listener_field *field = &request->fields[index];
        out = pack_length(pack_length(out, field->name_length), field->value_length);
        out = mempcpy(out, field->name, field->name_length);
        out = mempcpy(out, field->value, field->value_length);
    }
    if (request->body_length > 0) memcpy(out, request->body, request->body_length);
}
