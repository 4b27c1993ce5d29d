// What libmicrohttpd calls when a connection is opened and closed.
#include "internal.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/// Notes the client's address as text. That of an IPv4 client that came in over an IPv6 socket is written as IPv4.
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

/// Closes a connection on an HTTP port on which a client speaks TLS: each would wait for the other forever. The socket waits
/// for data before it is accepted, so a hello has arrived already; libmicrohttpd then reads the end and closes.
static void close_if_hello(const listener_exchange *exchange) {
    const listener_callbacks *callbacks = &exchange->reactor->callbacks;
    int socket = socket_of(exchange);
    unsigned char first = 0;
    if (recv(socket, &first, 1, MSG_PEEK | MSG_DONTWAIT) != 1 || first != 0x16) return;
    callbacks->mismatched(callbacks->context, NULL, exchange->peer, exchange->peer_length);
    shutdown(socket, SHUT_RDWR);
}

static void note_closed(daemon_entry *daemon, void **socket_context) {
    daemon->open--;
    // A daemon that was full looks at its listening socket again only when it next runs.
    daemon->is_ready = true;
    listener_exchange *exchange = *socket_context;
    if (exchange == NULL) return;
    listener_remove_timer(exchange);
    listener_discharge(exchange);
    listener_unwatch(exchange);
    free(exchange->script);
    free(exchange);
    *socket_context = NULL;
}

void listener_note_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                              enum MHD_ConnectionNotificationCode code) {
    daemon_entry *daemon = context;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) return note_closed(daemon, socket_context);
    daemon->open++;
    daemon->opened++;
    daemon->reactor->is_short = false;
    listener_exchange *exchange = calloc(1, sizeof *exchange);
    if (exchange == NULL) return;
    exchange->about = ABOUT_CONNECTION;
    exchange->reactor = daemon->reactor;
    exchange->connection = connection;
    exchange->timer = SIZE_MAX;
    exchange->is_tls = daemon->is_tls;
    exchange->daemon = daemon;
    note_peer(exchange, MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);
    *socket_context = exchange;
    listener_watch(exchange);
    const listener_callbacks *callbacks = &daemon->reactor->callbacks;
    exchange->fault = callbacks->connected(callbacks->context, exchange->is_tls, exchange->peer, exchange->peer_length);
    if (!exchange->is_tls && exchange->fault > LISTENER_FAULT_CLOSE) exchange->fault = LISTENER_FAULT_NONE;
    if (exchange->is_tls) listener_begin_handshake(exchange);
    if (exchange->fault != LISTENER_FAULT_NONE) listener_break_connection(exchange);
    else if (!exchange->is_tls) close_if_hello(exchange);
}
