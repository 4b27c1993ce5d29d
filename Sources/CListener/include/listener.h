// The contract between MicroHTTP and the C below it: sockets, an event loop on libmicrohttpd, TLS identities.
//
// A *reactor* is one thread that serves any number of listening sockets. An *exchange* is one request and its reply;
// callbacks get it, on the reactor's thread, and it lives until its reply is sent or its client is gone.
//
// Rules that hold throughout:
// - No type of libmicrohttpd or GnuTLS appears here.
// - Callbacks run on the reactor's thread and must not block. Their arguments are valid until they return.
// - A callback that is given an exchange must call listener_reply(), listener_script() or listener_hold() before it
//   returns; if it calls none, the connection is closed.
// - Functions may be called on any thread only where this is stated.
// - An error text goes into a caller's buffer of LISTENER_ERROR_SIZE bytes and ends with NUL.
#ifndef LISTENER_H
#define LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

enum { LISTENER_ERROR_SIZE = 256 };

/// The outcome of opening sockets.
enum {
    LISTENER_OK = 0,
    LISTENER_PORT_TAKEN = 1,   ///< another process, or another listener of this one, has the port
    LISTENER_CANNOT_BIND = 2,  ///< any other reason; the error text says which
};

/// How much a log line matters.
enum {
    LISTENER_DEBUG = 0,    ///< what libmicrohttpd says about single connections
    LISTENER_INFO = 1,     ///< a request was refused before it reached the request callback
    LISTENER_WARNING = 2,  ///< the server could not do what it was asked
};

/// What is deliberately wrong with a connection.
enum {
    LISTENER_FAULT_NONE,          ///< nothing
    LISTENER_FAULT_RESET,         ///< RST as soon as it is accepted
    LISTENER_FAULT_CLOSE,         ///< FIN and no byte, after reading away what has arrived; over TLS like LISTENER_FAULT_CUT
    LISTENER_FAULT_EXPIRED,       ///< TLS: the certificate of listener_keep_identity(), as with the next two
    LISTENER_FAULT_WRONG_NAME,
    LISTENER_FAULT_UNTRUSTED,
    LISTENER_FAULT_CUT,           ///< TLS: FIN after the ClientHello, no alert
    LISTENER_FAULT_STALL,         ///< TLS: silence after the ClientHello until the client leaves
    LISTENER_FAULT_OLD_PROTOCOL,  ///< TLS: the alert protocol_version after the ClientHello, then FIN
    LISTENER_FAULTS,
};

/// What a step of listener_script() does.
enum {
    LISTENER_WRITE,  ///< writes this many of the bytes that are left
    LISTENER_WAIT,   ///< waits this many milliseconds from when the wait before it was meant to end
    LISTENER_RESET,  ///< ends the connection by RST, once the client has received what was written, but after 2 s at the latest
    LISTENER_CLOSE,  ///< ends the connection by FIN, over TLS after a close_notify
    LISTENER_STALL,  ///< stays silent until the client leaves
};

typedef struct {
    int kind;
    int64_t amount;  ///< bytes or milliseconds
} listener_step;

typedef struct listener_identity listener_identity;  ///< a key and its certificate as sessions use them
typedef struct listener_reactor listener_reactor;
typedef struct listener_exchange listener_exchange;

/// One header field. Names are tokens; values have no CR, LF or NUL, and no spaces or tabs at either end.
typedef struct {
    const char *name;
    const char *value;
    uint32_t name_length, value_length;  ///< bytes
} listener_field;

/// A whole request. Nothing here ends with NUL: use the lengths. Valid only during the request callback.
typedef struct {
    const char *method;  ///< as sent, such as `POST`
    const char *target;  ///< path and query as sent, still percent-encoded; an absolute URL has lost scheme and host
    const listener_field *fields;
    const uint8_t *_Nullable body;  ///< without its transfer coding
    const char *peer;               ///< the client's address as text, without a port
    size_t method_length, target_length, field_count;
    size_t packed_fields_length;  ///< bytes that the fields need in listener_pack()
    size_t body_length;
    size_t peer_length;
    int minor_version;  ///< 0 for HTTP/1.0, 1 and more for HTTP/1.1
    bool is_tls;
} listener_request;

/// What a reactor calls, always on its own thread, except `log`, which listener_reactor_serve() may call too.
typedef struct {
    void *_Nullable context;  ///< the first argument of each callback; not owned
    /// A whole request has been read.
    void (*request)(void *_Nullable context, listener_exchange *exchange, const listener_request *request);
    /// A request is refused before it has been read to its end. Reply with listener_reply(), which then always closes the
    /// connection; if nothing is sent, it is closed without a reply.
    ///
    /// - status: 400, 413, 431 or 503.
    /// - message: a sentence that ends with NUL.
    void (*refused)(void *_Nullable context, listener_exchange *exchange, unsigned status, const char *message);
    /// A client speaks HTTP on an HTTPS port, or TLS on an HTTP port. The connection is closed afterwards.
    ///
    /// - exchange: for HTTP on an HTTPS port, so that listener_reply() can say so in plain HTTP; NULL for the other.
    void (*mismatched)(void *_Nullable context, listener_exchange *_Nullable exchange, const char *peer, size_t peer_length);
    /// The time of listener_hold() has passed: reply, or hold again.
    void (*due)(void *_Nullable context, listener_exchange *exchange);
    /// A descriptor of listener_wake_descriptor() was written to.
    void (*woken)(void *_Nullable context);
    /// An exchange whose tag is not NULL is over, with a reply or without. Release the tag; the exchange is gone afterwards.
    void (*ended)(void *_Nullable context, listener_exchange *exchange);
    /// A client has connected, and nothing has been read from it. Returns what is wrong with the connection, such as
    /// LISTENER_FAULT_NONE. A fault of TLS does nothing to an HTTP connection.
    int (*connected)(void *_Nullable context, bool is_tls, const char *peer, size_t peer_length);
    /// A reactor needs a certificate with a fault for the first time: give it one with listener_keep_identity(). If there is
    /// none, the connection is reset, and the next one asks again.
    void (*identity)(void *_Nullable context, listener_reactor *reactor, int fault);
    /// A line for the log, without a line end.
    void (*log)(void *_Nullable context, int level, const char *text);
} listener_callbacks;

/// What connections may hold together, and how much they do hold. Reactors may share one, which must outlive them.
typedef struct listener_budget listener_budget;

/// What a reactor allows its clients.
typedef struct {
    size_t max_body;           ///< bytes; a longer body gets 413
    size_t max_headers;        ///< bytes of request line and header fields, at least 1024; more gets 431
    unsigned max_connections;  ///< open connections per listening socket; further ones wait in its queue
    unsigned idle_seconds;     ///< after which an idle connection is closed, unless it is held; 0 for never
    listener_budget *_Nullable budget;  ///< bytes that connections may hold; NULL for no limit
} listener_limits;

// MARK: What connections hold (any thread)

/// Makes a budget of so many bytes. Returns NULL if memory is short.
listener_budget *_Nullable listener_budget_make(size_t limit);

/// The bytes that connections hold now.
size_t listener_budget_used(listener_budget *budget);

/// Frees a budget that no reactor uses any more.
void listener_budget_free(listener_budget *budget);

// MARK: Process and sockets

/// Whether the libmicrohttpd that was loaded is a release that has been tried; if not, `error` is its version. Any thread.
bool listener_check_library(char *error);

/// The latest release of libmicrohttpd that has been tried. Any thread.
const char *listener_tried_library(void);

/// Prepares a process to serve: ignores SIGPIPE, and raises the limit on open files as far as the process may.
/// Any thread; harmless when repeated.
void listener_prepare_process(void);

/// Makes all threads share one heap. With a heap each, memory that one has freed is not available to the others, and how much
/// a long run holds depends on which thread happened to serve what. Before the first thread is made.
void listener_use_one_heap(void);

/// Opens sockets that listen on one address and share its port, one for each reactor.
///
/// A port on which somebody else listens is refused, although the sockets share it among themselves.
///
/// - host: a numeric IPv4 or IPv6 address, or a name such as `localhost`. `::` takes IPv4 as well.
/// - port: 0 lets the system choose one; `chosen` receives the port.
/// - waits_for_data: accept a connection only when its first bytes have arrived (for HTTP, where the client speaks first).
/// - sockets: receives `count` descriptors, owned by the caller.
/// - Returns LISTENER_OK, LISTENER_PORT_TAKEN or LISTENER_CANNOT_BIND; unless it is OK, nothing stays open. Any thread.
int listener_open_sockets(const char *host, uint16_t port, bool waits_for_data, int *sockets, size_t count,
                          uint16_t *chosen, char *error);

// MARK: Reactors

/// Makes a reactor that serves nothing yet. Copies its arguments. Returns NULL if memory or descriptors are short. Any thread.
listener_reactor *_Nullable listener_reactor_make(const listener_callbacks *callbacks, const listener_limits *limits);

/// Makes a reactor serve a socket of listener_open_sockets(). Only before listener_reactor_start().
///
/// - socket: taken over whether this succeeds or not.
/// - identity: for HTTPS; NULL for HTTP. It must outlive the reactor.
/// - Returns whether it serves; if not, the reason has been logged.
bool listener_reactor_serve(listener_reactor *reactor, int socket, listener_identity *_Nullable identity);

/// Reads a key and its certificate, the leaf first, once for all reactors. NULL if it cannot. They must belong together.
listener_identity *_Nullable listener_identity_make(const char *key_pem, const char *certificate_pem);
void listener_identity_free(listener_identity *identity);  ///< after all reactors that show it

/// Gives a reactor the certificate to show on connections with a fault. Only in the `identity` callback.
/// - fault: LISTENER_FAULT_EXPIRED, LISTENER_FAULT_WRONG_NAME or LISTENER_FAULT_UNTRUSTED.
/// - Returns whether it can be read.
bool listener_keep_identity(listener_reactor *reactor, int fault, const char *key_pem, const char *certificate_pem);

/// Starts the reactor's thread. Once. Returns whether it runs.
bool listener_reactor_start(listener_reactor *reactor);

/// A descriptor that the caller owns: writing eight bytes to it, on any thread, leads to `woken`, and is harmless once the
/// reactor is gone. -1 if descriptors are short. Any thread.
int listener_wake_descriptor(const listener_reactor *reactor);

/// Asks a reactor to stop: it closes its sockets and its connections, whatever they wait for, and ends its thread.
/// Any thread, any number of times, until listener_reactor_free().
void listener_reactor_stop(listener_reactor *reactor);

/// Stops a reactor if it runs, waits until its thread has ended, and frees it. Never on the reactor's own thread.
void listener_reactor_free(listener_reactor *reactor);

// MARK: Exchanges (all on the reactor's thread)

/// Writes target, fields and body of a request one after another.
///
/// Each field is two little-endian 32-bit lengths, then its name and its value.
///
/// - out: has room for `target_length + packed_fields_length + body_length` bytes.
void listener_pack(const listener_request *request, uint8_t *out);

/// What keeps a body where it lies, and is given back when the body is needed no more; no object if nothing does.
typedef struct { void *_Nullable object; void (*_Nullable release)(void *_Nullable object); } listener_owner;

/// Replies to an exchange. Copies its arguments, but for a body that has an owner.
///
/// - status: 200–599. With 204, body and Content-Type are left out; with 304 and for HEAD, the body.
/// - fields: `Name NUL value NUL …`, `fields_length` bytes in all. The listener leaves out Content-Length,
///   Connection and Transfer-Encoding, and adds its own.
/// - owner, closes: what keeps the body, taken over in any case; whether the connection ends with this reply.
/// - Returns false if the fields are malformed or memory is short; then the connection is closed without a reply.
bool listener_reply(listener_exchange *exchange, unsigned status, const uint8_t *_Nullable fields, size_t fields_length,
                    const uint8_t *_Nullable body, size_t body_length, listener_owner owner, bool closes);

/// Replies to an exchange with bytes that are written as they are, and ends the connection. Copies its arguments.
///
/// A step that has to wait blocks nobody. The script ends when the client leaves, or closes only its own direction, unless
/// everything has been written by then. Bytes that are left after the last step are not written.
///
/// - bytes: what LISTENER_WRITE writes, in order. Over TLS they go through the session, a record for each write.
/// - steps: what to do; the connection is closed after the last one, whatever it is.
/// - Returns false if memory is short; then the connection is closed without a reply.
bool listener_script(listener_exchange *exchange, const uint8_t *_Nullable bytes, size_t length,
                     const listener_step *_Nullable steps, size_t step_count);

/// Takes so many bytes of the budget for an exchange's reply, until it has been sent. Returns false if there is no room for them.
bool listener_has_room(listener_exchange *exchange, size_t length);

/// Whether an exchange's method is HEAD, whose reply has no body.
bool listener_is_head(const listener_exchange *exchange);

/// The reason phrase that listener_reply() sends with a status. Any thread.
const char *listener_reason(unsigned status);

/// Holds an exchange without a thread. It ends when its client leaves, or closes only its own direction.
///
/// - milliseconds: after which the `due` callback gets the exchange back; negative for never.
/// - Returns false if memory is short; then the connection is closed without a reply.
bool listener_hold(listener_exchange *exchange, int64_t milliseconds);

/// Ends a hold early: the `due` callback gets the exchange back. Nothing happens if it is not held.
void listener_release(listener_exchange *exchange);

/// Keeps a pointer of the caller's with an exchange. The `ended` callback gets every exchange whose tag is not NULL.
void listener_set_tag(listener_exchange *exchange, void *_Nullable tag);

/// The pointer kept with an exchange, NULL if there is none.
void *_Nullable listener_tag(const listener_exchange *exchange);

// MARK: TLS identities (any thread)

/// Makes a certification authority: P-256, valid from a day ago for ten years.
///
/// - subject: its common name.
/// - key_pem, certificate_pem: receive PEM texts that the caller frees with free().
/// - Returns whether it succeeded; if not, `error` says why.
bool listener_make_authority(const char *subject, char *_Nullable *_Nonnull key_pem,
                             char *_Nullable *_Nonnull certificate_pem, char *error);

/// Makes a server certificate: P-256, valid from a day ago for 396 days more, but no longer than its authority.
///
/// - subject: its common name.
/// - is_expired: whether it ended a day ago instead, after 396 days.
/// - authority_key_pem, authority_pem: the authority that signs it.
/// - names: what it is valid for: at least one DNS name, such as `*.localhost`, or numeric address.
/// - key_pem, certificate_pem: receive PEM texts that the caller frees with free().
/// - Returns whether it succeeded; if not, `error` says why.
bool listener_make_leaf(const char *subject, bool is_expired, const char *authority_key_pem, const char *authority_pem,
                        const char *_Nonnull const *_Nonnull names, size_t name_count, char *_Nullable *_Nonnull key_pem,
                        char *_Nullable *_Nonnull certificate_pem, char *error);

/// Whether a key and a certificate (or a chain, the leaf first) can be read and belong together.
/// If not, `error` says what is wrong.
bool listener_check_identity(const char *key_pem, const char *certificate_pem, char *error);

/// Whether a key and a certificate belong together and are an authority that is valid now. If not, `error` says what is wrong.
bool listener_check_authority(const char *key_pem, const char *certificate_pem, char *error);

/// Whether a certificate, the first of a PEM text, is valid for a DNS name.
bool listener_certificate_names(const char *certificate_pem, const char *name);

#pragma clang assume_nonnull end

#endif
