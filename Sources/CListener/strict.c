// The strict pass: refuses what libmicrohttpd lets through although two readers could understand it differently.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "internal.h"
#include "microhttpd_internals.h"

#include <stdlib.h>
#include <strings.h>

enum { FEWEST_FIELDS = 64 };

/// The characters of a token (RFC 9110, section 5.6.2): methods and field names.
static const bool token[256] = {
    ['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1, ['&'] = 1, ['\''] = 1, ['*'] = 1, ['+'] = 1, ['-'] = 1, ['.'] = 1,
    ['^'] = 1, ['_'] = 1, ['`'] = 1, ['|'] = 1, ['~'] = 1, ['0' ... '9'] = 1, ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1,
};

static bool is_token(const char *text, size_t length) {
    for (size_t index = 0; index < length; index++)
        if (!token[(unsigned char)text[index]]) return false;
    return length > 0;
}

static enum MHD_Result collect_one(void *context, enum MHD_ValueKind kind, const char *name, size_t name_length,
                                   const char *value, size_t value_length) {
    (void)kind;
    listener_reactor *reactor = context;
    if (reactor->field_count == reactor->field_room) {
        size_t room = reactor->field_room == 0 ? FEWEST_FIELDS : reactor->field_room * 2;
        listener_field *fields = realloc(reactor->fields, room * sizeof *fields);
        if (fields == NULL) return MHD_NO;
        reactor->fields = fields;
        reactor->field_room = room;
    }
    reactor->fields[reactor->field_count++] =
        (listener_field){name, value == NULL ? "" : value, (uint32_t)name_length, (uint32_t)value_length};
    return MHD_YES;
}

bool listener_collect_fields(listener_exchange *exchange) {
    listener_reactor *reactor = exchange->reactor;
    if (reactor->fields_of == exchange) return true;
    reactor->field_count = 0;
    int seen = MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, collect_one, reactor);
    if (seen < 0 || (size_t)seen != reactor->field_count) return false;
    reactor->fields_of = exchange;
    return true;
}

/// The request line: one space between its parts, only printable bytes, and no NUL in the path, escaped or not.
static refusal check_request_line(listener_exchange *exchange, const char *url) {
    if (!is_token(exchange->method, strlen(exchange->method))) return REFUSAL(400, "The request's method is not a token.");
    if (!mhd_is_request_line_dense(exchange->method, url, exchange->target_length, exchange->version))
        return REFUSAL(400, "The request line contains a NUL byte, or more than one space between its parts.");
    const char *target = exchange->target;
    for (size_t index = 0; index < exchange->target_length; index++)
        if ((unsigned char)target[index] <= 0x20 || target[index] == 0x7F)
            return REFUSAL(400, "The request target contains a space or a control character.");
    size_t path_length = exchange->query == NULL ? exchange->target_length : (size_t)(exchange->query - target);
    if (memmem(target, path_length, "%00", 3) != NULL) return REFUSAL(400, "The path contains a NUL byte.");
    return (refusal){0};
}

/// The fields that a request may have only once.
typedef struct {
    const listener_field *length, *coding, *host;
    bool has_two_lengths, has_two_codings, has_two_hosts;
    size_t credentials;
} framing;

static void note_framing(framing *seen, const listener_field *field) {
    if (field->name_length == 4 && strncasecmp(field->name, "Host", 4) == 0) {
        seen->has_two_hosts = seen->host != NULL;
        seen->host = field;
    } else if (field->name_length == 13 && strncasecmp(field->name, "Authorization", 13) == 0) {
        seen->credentials++;
    } else if (field->name_length == 14 && strncasecmp(field->name, "Content-Length", 14) == 0) {
        seen->has_two_lengths = seen->length != NULL;
        seen->length = field;
    } else if (field->name_length == 17 && strncasecmp(field->name, "Transfer-Encoding", 17) == 0) {
        seen->has_two_codings = seen->coding != NULL;
        seen->coding = field;
    }
}

/// The length of a host without its port, which is the part after the last colon, unless that is inside the brackets of IPv6.
static size_t without_port(const char *host, size_t length) {
    for (size_t end = length; end > 0 && host[end - 1] != ']'; end--)
        if (host[end - 1] == ':') return end - 1;
    return length;
}

/// Whether a target in absolute form, as proxies get it, names another host than the field `Host`.
static bool names_another_host(const listener_exchange *exchange, const listener_field *host) {
    const char *target = exchange->target, *end = target + exchange->target_length;
    const char *name = memmem(target, exchange->target_length, "://", 3);
    if (*target == '/' || name == NULL) return false;
    name += 3;
    const char *path = name;
    while (path < end && *path != '/' && *path != '?') path++;
    size_t length = without_port(name, (size_t)(path - name));
    return length != without_port(host->value, host->value_length) || strncasecmp(name, host->value, length) != 0;
}

static refusal check_framing(listener_exchange *exchange, const framing *seen) {
    bool is_old = exchange->version[7] == '0';
    if (seen->length != NULL && seen->coding != NULL)
        return REFUSAL(400, "The request has both Content-Length and Transfer-Encoding.");
    if (seen->has_two_lengths) return REFUSAL(400, "The request has more than one Content-Length.");
    if (seen->coding != NULL
        && (is_old || seen->has_two_codings || seen->coding->value_length != 7
            || strncasecmp(seen->coding->value, "chunked", 7) != 0))
        return REFUSAL(400, "The only Transfer-Encoding that is supported is chunked, once, in HTTP/1.1.");
    if (seen->credentials > 1) return REFUSAL(400, "The request has more than one Authorization.");
    if (seen->has_two_hosts) return REFUSAL(400, "The request has more than one Host.");
    if (seen->host == NULL && !is_old) return REFUSAL(400, "The request has no Host.");
    if (seen->host != NULL && names_another_host(exchange, seen->host))
        return REFUSAL(400, "The request target names another host than Host does.");
    exchange->announced = 0;
    exchange->is_chunked = seen->coding != NULL;
    // libmicrohttpd has refused a Content-Length that is not a number or does not fit into 64 bits.
    if (seen->length != NULL) exchange->announced = (size_t)strtoull(seen->length->value, NULL, 10);
    if (exchange->announced > exchange->reactor->limits.max_body) return BODY_TOO_LONG;
    return (refusal){0};
}

refusal listener_check_head(listener_exchange *exchange, const char *url) {
    listener_reactor *reactor = exchange->reactor;
    reactor->fields_of = NULL;
    refusal wrong = check_request_line(exchange, url);
    if (wrong.status != 0) return wrong;
    if (!listener_collect_fields(exchange)) return REFUSAL(431, "The request's header fields are too many.");
    size_t head = MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size;
    if (head > reactor->limits.max_headers) return REFUSAL(431, "The request's header fields are longer than this server accepts.");
    framing seen = {0};
    const char *line = mhd_next_line(exchange->version + strlen(exchange->version));
    for (size_t index = 0; index < reactor->field_count; index++) {
        listener_field *field = &reactor->fields[index];
        if (field->name != line)
            return REFUSAL(400, "A header field has no name, contains a NUL byte, or is folded over several lines.");
        if (!is_token(field->name, field->name_length)) return REFUSAL(400, "A header field's name is not a token.");
        if (memchr(field->value, '\r', field->value_length) != NULL)
            return REFUSAL(400, "A header field's value contains a carriage return.");
        line = mhd_next_line(field->value + field->value_length);
        note_framing(&seen, field);
    }
    if (!mhd_is_end_of_head(exchange->method, head, line))
        return REFUSAL(400, "A header field has no name, contains a NUL byte, or is folded over several lines.");
    return check_framing(exchange, &seen);
}
