// What libmicrohttpd calls while it reads a request: the strict pass, the body, handing over, and the end.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "internal.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum { FIRST_BODY = 4096 };

// MARK: Connections

/// The client's address as text; that of an IPv4 client that came in over an IPv6 socket as IPv4.
static void note_peer(listener_exchange *exchange, const struct sockaddr *address) {
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
    const void *bytes = &((const struct sockaddr_in *)address)->sin_addr;
    int family = address->sa_family;
    if (family == AF_INET6) bytes = &six->sin6_addr;
    if (family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
        family = AF_INET;
        bytes = &six->sin6_addr.s6_addr[12];
    }
    if (inet_ntop(family, bytes, exchange->peer, sizeof exchange->peer) == NULL) exchange->peer[0] = '\0';
    exchange->peer_length = (uint8_t)strlen(exchange->peer);
}

/// Ends a connection on the HTTP port on which a client speaks TLS: both would wait for the other for ever. The socket
/// waits for data before it is accepted, so a hello is already here; libmicrohttpd then reads the end and closes.
static void close_if_hello(struct MHD_Connection *connection) {
    int socket = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    unsigned char first = 0;
    if (recv(socket, &first, 1, MSG_PEEK | MSG_DONTWAIT) == 1 && first == 0x16) shutdown(socket, SHUT_RDWR);
}

void note_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                     enum MHD_ConnectionNotificationCode code) {
    daemon_entry *daemon = context;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        // A daemon that was full looks at its listening socket again only when it next runs.
        daemon->is_ready = true;
        listener_exchange *ended = *socket_context;
        if (ended != NULL) {
            unwatch(ended);
            free(ended->script);
        }
        free(ended);
        *socket_context = NULL;
        return;
    }
    listener_exchange *exchange = calloc(1, sizeof *exchange);
    if (exchange == NULL) return;
    exchange->about = ABOUT_DEPARTURE;
    exchange->reactor = daemon->reactor;
    exchange->connection = connection;
    exchange->timer = SIZE_MAX;
    exchange->is_tls = daemon->is_tls;
    exchange->daemon = daemon;
    note_peer(exchange, MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);
    *socket_context = exchange;
    watch(exchange);
    const listener_callbacks *callbacks = &daemon->reactor->callbacks;
    exchange->fault = callbacks->connected(callbacks->context, exchange->is_tls, exchange->peer, exchange->peer_length);
    if (!exchange->is_tls && exchange->fault > LISTENER_FAULT_CLOSE) exchange->fault = LISTENER_FAULT_NONE;
    if (exchange->is_tls) begin_handshake(exchange);
    if (exchange->fault != LISTENER_FAULT_NONE) break_connection(exchange);
    else if (!daemon->is_tls) close_if_hello(connection);
}

// MARK: Reading

/// Called with the request line's target before libmicrohttpd takes it apart.
///
/// libmicrohttpd splits the query into arguments, in place, for which nobody asks. It has found the question mark already,
/// and stops at once if NUL stands behind it: so that byte is taken away here and put back in hand_over(). The memory is
/// the connection's own pool, only the parameter's type says const.
void *note_target(void *context, const char *target, struct MHD_Connection *connection) {
    (void)context;
    listener_exchange *exchange = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    if (exchange == NULL || target == NULL) return NULL;
    exchange->phase = PHASE_FRESH;
    exchange->target = (char *)target;
    exchange->target_length = strlen(target);
    exchange->query = memchr(exchange->target, '?', exchange->target_length);
    if (exchange->query != NULL) {
        exchange->after_query = exchange->query[1];
        exchange->query[1] = '\0';
    }
    return exchange;
}

/// Takes scheme and authority off an absolute-form target, `http://host/path`.
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

/// The longest body that is read away; a longer one is cut off.
enum { DRAINABLE = 64 << 20 };

/// Whether a body that is too long is to be read away before it is refused.
///
/// Over TLS a client that is still writing when the connection closes sees an end of file and never the refusal that came
/// before it. Over TCP it does see it, and a client that waits for 100-continue has not begun to write.
static bool must_drain(const listener_exchange *exchange) {
    if (!exchange->is_tls || exchange->announced > DRAINABLE) return false;
    for (size_t index = 0; index < exchange->reactor->field_count; index++) {
        const listener_field *field = &exchange->reactor->fields[index];
        if (field->name_length == 6 && strncasecmp(field->name, "Expect", 6) == 0) return false;
    }
    return true;
}

/// The first of libmicrohttpd's calls: the head is there.
static enum MHD_Result begin(listener_exchange *exchange, const char *url, const char *method, const char *version) {
    exchange->phase = PHASE_READING;
    exchange->method = method;
    exchange->version = version;
    exchange->body_length = 0;
    if (exchange->query != NULL) {
        exchange->query[0] = '?';
        exchange->query[1] = exchange->after_query;
    }
    refusal wrong = check_head(exchange, url);
    if (wrong.status == 413 && must_drain(exchange)) {
        exchange->phase = PHASE_DRAINING;
        return MHD_YES;
    }
    if (wrong.status != 0) return refuse(exchange, wrong);
    make_origin_form(exchange);
    return MHD_YES;
}

/// Makes room for `length` more bytes of body. The reactor has one spare buffer, which serves nearly every request: a body
/// lives only until its request has been handed over. What a client announces is not believed beyond that buffer's size.
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
    uint8_t *body = realloc(exchange->body, room);
    if (body == NULL) return false;
    exchange->body = body;
    exchange->body_room = room;
    return true;
}

static void drop_body(listener_exchange *exchange) {
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

/// One of the calls with a piece of the body. Only a chunked one can turn out too long here.
static enum MHD_Result gather(listener_exchange *exchange, const char *data, size_t *size) {
    if (*size > exchange->reactor->limits.max_body - exchange->body_length) return refuse_midway(exchange, BODY_TOO_LONG);
    if (!make_room(exchange, *size)) return MHD_NO;
    memcpy(exchange->body + exchange->body_length, data, *size);
    exchange->body_length += *size;
    *size = 0;
    return MHD_YES;
}

// MARK: Handing over

/// After a callback: it has answered, or holds, or the connection is closed.
static enum MHD_Result settled(const listener_exchange *exchange) {
    return exchange->phase == PHASE_ANSWERED || exchange->phase == PHASE_HELD ? MHD_YES : MHD_NO;
}

static bool is_blank(char byte) { return byte == ' ' || byte == '\t'; }

/// The last of libmicrohttpd's calls, when the whole request is there.
static enum MHD_Result hand_over(listener_exchange *exchange) {
    listener_reactor *reactor = exchange->reactor;
    if (!collect_fields(exchange)) return MHD_NO;
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
    drop_body(exchange);
    return settled(exchange);
}

enum MHD_Result converse(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                         const char *version, const char *data, size_t *size, void **exchange_pointer) {
    (void)connection;
    listener_reactor *reactor = context;
    listener_exchange *exchange = *exchange_pointer;
    if (exchange == NULL) return MHD_NO;
    switch (exchange->phase) {
    case PHASE_FRESH: return begin(exchange, url, method, version);
    case PHASE_READING: return *size > 0 ? gather(exchange, data, size) : hand_over(exchange);
    case PHASE_DRAINING:
        if (*size == 0) return refuse(exchange, BODY_TOO_LONG);
        *size = 0;
        return MHD_YES;
    case PHASE_DUE:
        exchange->phase = PHASE_DECIDING;
        reactor->callbacks.due(reactor->callbacks.context, exchange);
        return settled(exchange);
    default: return MHD_NO;
    }
}

void note_completion(void *context, struct MHD_Connection *connection, void **exchange_pointer,
                     enum MHD_RequestTerminationCode code) {
    (void)connection;
    (void)code;
    listener_reactor *reactor = context;
    listener_exchange *exchange = *exchange_pointer;
    if (exchange == NULL) return;
    drop_body(exchange);
    if (reactor->fields_of == exchange) reactor->fields_of = NULL;
    exchange->phase = PHASE_ANSWERED;
    if (exchange->tag != NULL) reactor->callbacks.ended(reactor->callbacks.context, exchange);
    exchange->tag = NULL;
    watch_on(exchange);
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
