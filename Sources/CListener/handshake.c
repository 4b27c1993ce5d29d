// Faults of connections: before a client is read, and after its ClientHello.
#include "internal.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/// How much of what an HTTP client has sent is read away before its connection is closed.
enum { DRAINED = 1 << 20 };

/// Closes a connection so that the client sees its end. With something unread the system would send RST.
static void close_cleanly(int socket) {
    char away[4096];
    ssize_t count = 1;
    for (ssize_t total = 0; count > 0 && total < DRAINED; total += count) count = recv(socket, away, sizeof away, MSG_DONTWAIT);
    shutdown(socket, SHUT_RDWR);  // libmicrohttpd reads the end and closes
}

/// Reads for GnuTLS. Where a handshake wants more than has come, the connection is held until that is there: libmicrohttpd would
/// take it for readable and ask again and again, which a thousand halves of a hello make others wait for.
static ssize_t pull(gnutls_transport_ptr_t pointer, void *data, size_t size) {
    listener_exchange *exchange = pointer;
    ssize_t count = recv(socket_of(exchange), data, size, 0);
    if (count >= 0 || errno != EAGAIN || !exchange->is_shaking || exchange->phase == PHASE_HELD) return count;
    unsigned seconds = exchange->reactor->limits.idle_seconds;
    hold_until(exchange, seconds == 0 ? INT64_MAX : clock_ms() + (int64_t)seconds * 1000, EPOLLIN);
    errno = EAGAIN;
    return -1;
}

/// Called when the client's last message of a handshake has been read.
static int note_finish(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming, const gnutls_datum_t *message) {
    (void)type, (void)when, (void)message;
    struct MHD_Connection *connection = gnutls_session_get_ptr(session);
    listener_exchange *exchange = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    if (incoming) exchange->is_shaking = false;
    return 0;
}

/// Lets a handshake wait without a thread.
void begin_handshake(listener_exchange *exchange) {
    gnutls_session_t session = MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session;
    exchange->is_shaking = true;
    gnutls_transport_set_ptr2(session, exchange, (gnutls_transport_ptr_t)(intptr_t)socket_of(exchange));
    gnutls_transport_set_pull_function(session, pull);
    gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_FINISHED, GNUTLS_HOOK_POST, note_finish);
}

/// Called when a ClientHello has been read. What is shut down here gets no alert from GnuTLS, and no goodbye.
static int note_hello(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming, const gnutls_datum_t *message) {
    static const unsigned char alert[] = {0x15, 3, 3, 0, 2, 2, 0x46};  // fatal, protocol_version
    (void)type, (void)when, (void)incoming, (void)message;
    struct MHD_Connection *connection = gnutls_session_get_ptr(session);  // set by libmicrohttpd
    listener_exchange *exchange = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    int socket = socket_of(exchange);
    if (exchange->fault == LISTENER_FAULT_STALL && exchange->phase == PHASE_FRESH) {
        // GnuTLS comes to nothing, and libmicrohttpd, which has been told to leave the connection alone, does not ask again.
        if (hold_until(exchange, INT64_MAX, 0)) return GNUTLS_E_AGAIN;
    }
    if (exchange->fault == LISTENER_FAULT_RESET) {
        // Not before: a client that is still connecting would say that nobody listens.
        reset(socket);
        return GNUTLS_E_INTERNAL_ERROR;
    }
    if (exchange->fault == LISTENER_FAULT_OLD_PROTOCOL) send(socket, alert, sizeof alert, MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(socket, SHUT_RDWR);
    return GNUTLS_E_INTERNAL_ERROR;
}

/// Lets a session show another certificate. The first session that needs it has it made.
static void show_certificate(listener_exchange *exchange, gnutls_session_t session) {
    listener_reactor *reactor = exchange->reactor;
    void **credentials = &reactor->credentials[exchange->fault];
    if (*credentials == NULL) reactor->callbacks.identity(reactor->callbacks.context, reactor, exchange->fault);
    if (*credentials != NULL && gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, *credentials) >= 0) return;
    log_line(reactor, LISTENER_WARNING, "A certificate with a fault could not be made; the connection is reset.");
    reset(socket_of(exchange));
}

/// Does to a new connection what is to be wrong with it.
void break_connection(listener_exchange *exchange) {
    int socket = socket_of(exchange);
    if (!exchange->is_tls) {
        if (exchange->fault == LISTENER_FAULT_RESET) reset(socket);
        if (exchange->fault == LISTENER_FAULT_CLOSE) close_cleanly(socket);
        return;
    }
    gnutls_session_t session = MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session;
    switch (exchange->fault) {
    case LISTENER_FAULT_EXPIRED:
    case LISTENER_FAULT_WRONG_NAME:
    case LISTENER_FAULT_UNTRUSTED: show_certificate(exchange, session); break;
    default: gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_CLIENT_HELLO, GNUTLS_HOOK_POST, note_hello);
    }
}

bool listener_keep_identity(listener_reactor *reactor, int fault, const char *key_pem, const char *certificate_pem) {
    gnutls_datum_t key = {.data = (unsigned char *)key_pem, .size = (unsigned)strlen(key_pem)};
    gnutls_datum_t certificate = {.data = (unsigned char *)certificate_pem, .size = (unsigned)strlen(certificate_pem)};
    gnutls_certificate_credentials_t credentials;
    if (fault <= LISTENER_FAULT_NONE || fault >= LISTENER_FAULTS || reactor->credentials[fault] != NULL) return false;
    if (gnutls_certificate_allocate_credentials(&credentials) < 0) return false;
    if (gnutls_certificate_set_x509_key_mem(credentials, &certificate, &key, GNUTLS_X509_FMT_PEM) < 0) {
        gnutls_certificate_free_credentials(credentials);
        return false;
    }
    reactor->credentials[fault] = credentials;
    return true;
}

void free_credentials(listener_reactor *reactor) {
    for (int fault = 0; fault < LISTENER_FAULTS; fault++) {
        if (reactor->credentials[fault] != NULL) gnutls_certificate_free_credentials(reactor->credentials[fault]);
    }
}
