// Faults of connections: before a client is read, and after its ClientHello.
#include "internal.h"
#include "microhttpd_internals.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/// Whether the first bytes of a client are text, as of HTTP. Neither a TLS record nor the hello of SSL 2 begins with a letter.
static bool is_text(const unsigned char *bytes, ssize_t count) {
    if ((bytes[0] | 0x20) < 'a' || (bytes[0] | 0x20) > 'z') return false;
    for (ssize_t index = 1; index < count; index++)
        if ((bytes[index] < 0x20 && bytes[index] != '\r' && bytes[index] != '\n') || bytes[index] > 0x7E) return false;
    return true;
}

/// Refuses a client that speaks HTTP on an HTTPS port, in plain HTTP, and closes the connection.
static void refuse_plain(listener_exchange *exchange) {
    const listener_callbacks *callbacks = &exchange->reactor->callbacks;
    exchange->phase = PHASE_DECIDING;
    exchange->is_raw = true;
    callbacks->mismatched(callbacks->context, exchange, exchange->peer, exchange->peer_length);
    exchange->phase = PHASE_ANSWERED;
    listener_close_cleanly(socket_of(exchange));
}

/// Reads for GnuTLS. Where a handshake needs more than has arrived, the connection is held until there is more.
static ssize_t pull(gnutls_transport_ptr_t pointer, void *data, size_t size) {
    listener_exchange *exchange = pointer;
    ssize_t count = recv(socket_of(exchange), data, size, 0);
    if (!exchange->is_shaking) return count;
    if (count > 0 && !exchange->has_sent) {
        exchange->has_sent = true;
        if (!is_text(data, count)) return count;
        refuse_plain(exchange);
        errno = ECONNRESET;
        return -1;
    }
    if (count >= 0 || errno != EAGAIN || exchange->phase == PHASE_HELD) return count;
    unsigned seconds = exchange->reactor->limits.idle_seconds;
    listener_hold_until(exchange, seconds == 0 ? INT64_MAX : listener_clock_ms() + (int64_t)seconds * 1000, EPOLLIN);
    errno = EAGAIN;
    return -1;
}

/// Called when the client's last message of a handshake has been read.
static int note_finish(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming, const gnutls_datum_t *message) {
    (void)type, (void)when, (void)message;
    if (incoming) exchange_of(mhd_connection_of(session))->is_shaking = false;
    return 0;
}

void listener_begin_handshake(listener_exchange *exchange) {
    gnutls_session_t session = session_of(exchange);
    exchange->is_shaking = true;
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, exchange->reactor->identity);
    mhd_replace_pull(session, pull, exchange, socket_of(exchange));
    gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_FINISHED, GNUTLS_HOOK_POST, note_finish);
}

/// Called when a ClientHello has been read. A socket that is shut down here gets no alert from GnuTLS, and no close_notify.
static int note_hello(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming, const gnutls_datum_t *message) {
    static const unsigned char alert[] = {0x15, 3, 3, 0, 2, 2, 0x46};  // fatal, protocol_version
    (void)type, (void)when, (void)incoming, (void)message;
    listener_exchange *exchange = exchange_of(mhd_connection_of(session));
    int socket = socket_of(exchange);
    if (exchange->fault == LISTENER_FAULT_STALL && exchange->phase == PHASE_FRESH) {
        // GnuTLS reports "try again", and libmicrohttpd, which leaves a suspended connection alone, never does.
        if (listener_hold_until(exchange, INT64_MAX, 0)) return GNUTLS_E_AGAIN;
    }
    if (exchange->fault == LISTENER_FAULT_RESET) {
        // Not earlier: a client that is still connecting would report that nobody listens.
        listener_reset(socket);
        return GNUTLS_E_INTERNAL_ERROR;
    }
    if (exchange->fault == LISTENER_FAULT_OLD_PROTOCOL) send(socket, alert, sizeof alert, MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(socket, SHUT_RDWR);
    return GNUTLS_E_INTERNAL_ERROR;
}

/// Makes a session show another certificate, which is made for the first session that needs it.
static void show_certificate(listener_exchange *exchange, gnutls_session_t session) {
    listener_reactor *reactor = exchange->reactor;
    void **credentials = &reactor->credentials[exchange->fault];
    if (*credentials == NULL) reactor->callbacks.identity(reactor->callbacks.context, reactor, exchange->fault);
    if (*credentials != NULL && gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, *credentials) >= 0) return;
    listener_log(reactor, LISTENER_WARNING, "A certificate with a fault could not be made; the connection is reset.");
    listener_reset(socket_of(exchange));
}

void listener_break_connection(listener_exchange *exchange) {
    int socket = socket_of(exchange);
    if (!exchange->is_tls) {
        if (exchange->fault == LISTENER_FAULT_RESET) listener_reset(socket);
        if (exchange->fault == LISTENER_FAULT_CLOSE) listener_close_cleanly(socket);
        return;
    }
    gnutls_session_t session = session_of(exchange);
    switch (exchange->fault) {
    case LISTENER_FAULT_EXPIRED:
    case LISTENER_FAULT_WRONG_NAME:
    case LISTENER_FAULT_UNTRUSTED: show_certificate(exchange, session); break;
    default: gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_CLIENT_HELLO, GNUTLS_HOOK_POST, note_hello);
    }
}

listener_identity *listener_identity_make(const char *key_pem, const char *certificate_pem) {
    gnutls_datum_t key = {.data = (unsigned char *)key_pem, .size = (unsigned)strlen(key_pem)};
    gnutls_datum_t certificate = {.data = (unsigned char *)certificate_pem, .size = (unsigned)strlen(certificate_pem)};
    gnutls_certificate_credentials_t credentials;
    if (gnutls_certificate_allocate_credentials(&credentials) < 0) return NULL;
    // To try whether the two belong together takes a signature, and it is known.
    gnutls_certificate_set_flags(credentials, GNUTLS_CERTIFICATE_SKIP_KEY_CERT_MATCH);
    if (gnutls_certificate_set_x509_key_mem(credentials, &certificate, &key, GNUTLS_X509_FMT_PEM) >= 0)
        return (listener_identity *)credentials;
    gnutls_certificate_free_credentials(credentials);
    return NULL;
}

void listener_identity_free(listener_identity *identity) {
    gnutls_certificate_free_credentials((gnutls_certificate_credentials_t)identity);
}

bool listener_keep_identity(listener_reactor *reactor, int fault, const char *key_pem, const char *certificate_pem) {
    if (fault <= LISTENER_FAULT_NONE || fault >= LISTENER_FAULTS || reactor->credentials[fault] != NULL) return false;
    reactor->credentials[fault] = listener_identity_make(key_pem, certificate_pem);
    return reactor->credentials[fault] != NULL;
}

void listener_free_credentials(listener_reactor *reactor) {
    for (int fault = 0; fault < LISTENER_FAULTS; fault++) {
        if (reactor->credentials[fault] != NULL) gnutls_certificate_free_credentials(reactor->credentials[fault]);
    }
}
