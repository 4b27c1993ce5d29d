// What the C files of the listener share. Swift sees nothing of it.
//
// Below, each file's functions stand under its name, lowest layer first. A file may call only what stands above its own
// functions; a test computes the calls and fails on a circle. All external names begin with `listener_`, and everything is
// built with hidden visibility.
#ifndef LISTENER_INTERNAL_H
#define LISTENER_INTERNAL_H

#include "listener.h"

#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>

enum { MAX_DAEMONS = 4, SPARE_BODY = 64 * 1024 };

/// What an event of a reactor's epoll is about. The first member of everything that is registered there.
typedef enum { ABOUT_WAKE, ABOUT_DAEMON, ABOUT_CONNECTION } subject;

/// Where an exchange stands. libmicrohttpd calls the access handler several times for one request.
typedef enum {
    PHASE_FRESH,     ///< the request line has been read
    PHASE_READING,   ///< the head was accepted, and the body is being read
    PHASE_DRAINING,  ///< the body is longer than allowed, and is read and dropped before the refusal
    PHASE_DECIDING,  ///< a callback has it
    PHASE_HELD,      ///< suspended; libmicrohttpd leaves the connection alone
    PHASE_DUE,       ///< resumed, to be decided again
    PHASE_GONE,      ///< resumed, to be closed
    PHASE_ANSWERED,  ///< its reply is being sent, or it is being closed
} phase;

/// A connection and, since HTTP/1.1 has one request at a time, its exchange. Lives as long as the connection.
struct listener_exchange {
    subject about;
    phase phase;
    listener_reactor *reactor;
    struct daemon_entry *daemon;
    struct MHD_Connection *connection;
    void *tag;
    // The request as far as it has been read. Pointers into the connection's memory pool, which is libmicrohttpd's.
    char *target;
    size_t target_length;
    char *query;       ///< the question mark in `target`, NULL if there is none
    char after_query;  ///< the byte after it, see mhd_hide_query()
    const char *method;
    const char *version;
    uint8_t *body;
    size_t body_length;
    size_t body_room;
    size_t announced;  ///< Content-Length, 0 if there is none
    size_t charged;    ///< bytes of the budget that it has taken
    // Timer and hold.
    int64_t due;   ///< when the timer fires: CLOCK_MONOTONIC in ms, INT64_MAX for never
    size_t timer;  ///< the place in the reactor's heap, SIZE_MAX if there is no timer
    struct listener_exchange *previous_held, *next_held;
    // A chunked body that does not get on, see listener_check_progress().
    size_t last_unread, last_length;
    unsigned stuck;
    // Faults.
    struct script *script;  ///< what is written in place of a reply, NULL if nothing is; freed with the exchange
    int fault;              ///< what is wrong with this connection, such as LISTENER_FAULT_NONE
    bool is_tls;
    bool is_chunked;
    bool is_raw;         ///< the reply is written past libmicrohttpd, see listener_reply()
    bool has_ended;      ///< the client has ended its side
    bool is_shaking;     ///< over TLS: the handshake is not complete
    bool has_sent;       ///< over TLS: the client has sent something
    uint8_t peer_length;
    char peer[INET6_ADDRSTRLEN];
};

/// A listening socket and the libmicrohttpd daemon that serves it.
typedef struct daemon_entry {
    subject about;
    bool is_tls;
    bool is_ready;   ///< libmicrohttpd must run
    bool was_woken;  ///< because of an event
    size_t open;     ///< connections now
    size_t opened;   ///< connections ever
    int64_t paused_until;  ///< no connections are accepted before: CLOCK_MONOTONIC in ms, 0 if they are
    listener_reactor *reactor;
    struct MHD_Daemon *mhd;
} daemon_entry;

struct listener_reactor {
    listener_callbacks callbacks;
    listener_limits limits;
    daemon_entry daemons[MAX_DAEMONS];
    size_t daemon_count;
    subject wake_about;
    int epoll;
    int wake;
    pthread_t thread;
    bool is_started;
    atomic_bool is_stopping;
    bool has_resumed;  ///< libmicrohttpd must run once more, although no event says so
    bool is_short;     ///< it has been logged that there are no descriptors left
    listener_exchange *held;
    listener_exchange **heap;  ///< timers, the earliest first
    size_t heap_count, heap_room;
    // Scratch memory for the request that is being looked at.
    listener_field *fields;
    size_t field_count, field_room;
    const listener_exchange *fields_of;  ///< the exchange that these fields belong to
    uint8_t *spare_body;                 ///< a body buffer for the next request, NULL if it is in use
    size_t spare_room;
    char *block;  ///< a reply's header fields while they are put together
    size_t block_room;
    listener_identity *identity;  ///< what sessions show that have no fault, NULL without HTTPS; shared with other reactors
    void *credentials[LISTENER_FAULTS];  ///< GnuTLS's, by fault; made when first needed, used by sessions until the end
};

/// The socket of a connection.
static inline int socket_of(const listener_exchange *exchange) {
    return MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

/// The TLS session of a connection over TLS.
static inline gnutls_session_t session_of(const listener_exchange *exchange) {
    return MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session;
}

/// The exchange of a connection, NULL if memory was short when it was opened.
static inline listener_exchange *exchange_of(struct MHD_Connection *connection) {
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

// MARK: log.c

/// Logs a line of our own.
void listener_log(const listener_reactor *reactor, int level, const char *format, ...) __attribute__((format(printf, 3, 4)));

/// libmicrohttpd's logger. The requests that it refuses itself reach no handler: only this function hears of them.
void listener_log_library(void *context, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

// MARK: timers.c

/// CLOCK_MONOTONIC in milliseconds.
int64_t listener_clock_ms(void);

/// Sets an exchange's only timer; INT64_MAX means none. Returns false, and no timer is set, if memory is short.
bool listener_set_timer(listener_exchange *exchange, int64_t due);

/// Removes the timer, if there is one.
void listener_remove_timer(listener_exchange *exchange);

// MARK: closing.c

/// Ends a connection by RST. What the client has not received yet is lost.
void listener_reset(int socket);

/// Ends a connection so that the client sees FIN: reads away what has arrived first, since with unread bytes the system would
/// send RST.
void listener_close_cleanly(int socket);

// MARK: budget.c

/// Takes bytes of the budget for a body, until the exchange has so many in all. Returns false if there is no room for them.
///
/// A quarter is kept for replies, so that unfinished bodies do not keep other clients from their answers.
bool listener_charge_body(listener_exchange *exchange, size_t bytes);

/// Gives all of them back.
void listener_discharge(listener_exchange *exchange);

// MARK: hold.c

/// Begins to watch for the client leaving, for as long as the connection is open.
void listener_watch(const listener_exchange *exchange);

/// Ends that, before the exchange is freed. Closing the socket would not: a process that is just being started may have it
/// open too until it runs its program, and until then epoll would report it.
void listener_unwatch(const listener_exchange *exchange);

/// Lets the end of the client's side be reported once more after a reply: while that was written, libmicrohttpd did not read.
void listener_watch_again(listener_exchange *exchange);

/// Tells libmicrohttpd that the client has ended its side of a connection that is not held.
void listener_report_end(listener_exchange *exchange);

/// Suspends a connection. libmicrohttpd then leaves its socket and its timeout alone, so the watch for a client that leaves is
/// ours.
///
/// - due: when the timer fires, INT64_MAX for never.
/// - events: what epoll reports in addition to the client leaving.
/// - Returns false if memory is short; then it is not suspended.
bool listener_hold_until(listener_exchange *exchange, int64_t due, uint32_t events);

/// Keeps holding a connection, until another time and for other events.
bool listener_hold_longer(listener_exchange *exchange, int64_t due, uint32_t events);

/// Ends a hold. libmicrohttpd calls the access handler again when it next runs, and `next` says what to do then.
void listener_end_hold(listener_exchange *exchange, phase next);

// MARK: faults.c

/// Resumes a script when its time has come or its socket has room.
void listener_resume_script(listener_exchange *exchange);

// MARK: handshake.c

/// Lets a handshake wait without a thread.
void listener_begin_handshake(listener_exchange *exchange);

/// Does to a new connection what is to be wrong with it.
void listener_break_connection(listener_exchange *exchange);

/// Frees a reactor's certificates with faults.
void listener_free_credentials(listener_reactor *reactor);

// MARK: reply.c

/// A refusal: a status and a sentence. `status` 0 means that nothing was wrong.
typedef struct {
    unsigned status;
    const char *message;
} refusal;
#define REFUSAL(status, message) ((refusal){status, message})
#define NO_ROOM REFUSAL(503, "The server holds as many bytes for its connections as it may. Try again, or raise --connection-bytes.")
#define BODY_TOO_LONG REFUSAL(413, "The request body is longer than this server accepts.")

/// Refuses a request whose head has been read. libmicrohttpd closes a connection whose reply comes before the body's end.
enum MHD_Result listener_refuse(listener_exchange *exchange, refusal refusal);

/// Refuses a request in the middle of its body, where libmicrohttpd takes no reply: the reply is written past it, on the
/// socket or the TLS session. Returns MHD_NO, which lets libmicrohttpd close the connection.
enum MHD_Result listener_refuse_midway(listener_exchange *exchange, refusal refusal);

// MARK: strict.c

/// Lists the fields of an exchange in the reactor's scratch memory, unless they are still there.
bool listener_collect_fields(listener_exchange *exchange);

/// Checks a request's head when it has been read, before its body. Lists the fields on the way.
refusal listener_check_head(listener_exchange *exchange, const char *url);

// MARK: body.c

/// Takes a piece of the body.
enum MHD_Result listener_gather(listener_exchange *exchange, const char *data, size_t *size);

/// Drops the body once its request has been handed over.
void listener_drop_body(listener_exchange *exchange);

/// Begins to look whether a chunked body gets on.
void listener_watch_progress(listener_exchange *exchange);

/// Refuses a request whose chunked body does not get on although there is something to read.
void listener_check_progress(listener_exchange *exchange);

// MARK: conversation.c (called by libmicrohttpd)

void *listener_note_target(void *context, const char *target, struct MHD_Connection *connection);
enum MHD_Result listener_access(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                const char *version, const char *data, size_t *size, void **exchange);
void listener_note_completion(void *context, struct MHD_Connection *connection, void **exchange,
                              enum MHD_RequestTerminationCode code);

// MARK: connection.c (called by libmicrohttpd)

void listener_note_connection(void *context, struct MHD_Connection *connection, void **exchange,
                              enum MHD_ConnectionNotificationCode code);

#endif
