// What the C files of the listener share. Nothing here is seen by Swift.
#ifndef KEYFACTOR_MOCK_LISTENER_INTERNAL_H
#define KEYFACTOR_MOCK_LISTENER_INTERNAL_H

#include "listener.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

enum { MAX_DAEMONS = 4, SPARE_BODY = 64 * 1024 };

/// What an event of a reactor's epoll is about. The first member of all that is registered there.
typedef enum { ABOUT_WAKE, ABOUT_DAEMON, ABOUT_DEPARTURE } subject;

/// Where an exchange stands. libmicrohttpd calls the access handler several times for one request.
typedef enum {
    PHASE_FRESH,     ///< the request line has been read
    PHASE_READING,   ///< the header fields were fine, the body is coming
    PHASE_DRAINING,  ///< the body is longer than allowed, and is read away before the refusal
    PHASE_DECIDING,  ///< a callback has it
    PHASE_HELD,      ///< suspended; libmicrohttpd leaves the connection alone
    PHASE_DUE,       ///< resumed to be decided on again
    PHASE_GONE,      ///< resumed to be closed
    PHASE_ANSWERED,  ///< its reply is on the way, or it is being closed
} phase;

/// A connection and, since HTTP/1.1 has one request at a time, its exchange. Lives as long as the connection.
struct listener_exchange {
    subject about;
    phase phase;
    listener_reactor *reactor;
    struct MHD_Connection *connection;
    void *tag;
    // The request as far as it has come. Pointers into libmicrohttpd's memory pool of the connection.
    char *target;
    size_t target_length;
    char *query;         ///< the question mark in `target`, NULL if there is none
    char after_query;    ///< what stood behind it, see note_target()
    const char *method;
    const char *version;
    uint8_t *body;
    size_t body_length;
    size_t body_room;
    size_t announced;    ///< Content-Length, 0 if there is none
    // Holding.
    int64_t due;         ///< CLOCK_MONOTONIC in ms, INT64_MAX for never
    size_t timer;        ///< place in the reactor's heap, SIZE_MAX outside
    struct listener_exchange *previous_held, *next_held;
    // Faults.
    struct script *script;  ///< what is being written instead of a reply, NULL if nothing is; freed with the exchange
    int fault;              ///< what is wrong with this connection, of LISTENER_FAULT_NONE and its like
    struct daemon_entry *daemon;
    bool is_tls;
    bool has_ended;      ///< the client has ended its side
    bool is_shaking;     ///< over TLS: the handshake is not over
    uint8_t peer_length;
    char peer[INET6_ADDRSTRLEN];
};

typedef struct daemon_entry {
    subject about;
    bool is_tls;
    bool is_ready;
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
    bool has_resumed;  ///< libmicrohttpd must run once more, though no event says so
    listener_exchange *held;
    listener_exchange **heap;  ///< timers, the earliest first
    size_t heap_count, heap_room;
    // Scratch of the request that is being looked at.
    listener_field *fields;
    size_t field_count, field_room;
    const listener_exchange *fields_of;  ///< whose fields these are
    uint8_t *spare_body;                 ///< a body buffer for the next request, NULL if in use
    size_t spare_room;
    char *block;  ///< a reply's header fields being put together
    size_t block_room;
    void *credentials[LISTENER_FAULTS];  ///< GnuTLS's, by fault; made when first needed, used by sessions until the end
};

// hold.c: time and holding.
int64_t clock_ms(void);
int socket_of(const listener_exchange *exchange);
void watch(const listener_exchange *exchange);
void unwatch(const listener_exchange *exchange);
void watch_on(listener_exchange *exchange);
bool hold_until(listener_exchange *exchange, int64_t due, uint32_t events);
bool hold_on(listener_exchange *exchange, int64_t due, uint32_t events);
void release_hold(listener_exchange *exchange, phase next);
void note_time(listener_exchange *exchange);
void note_event(listener_exchange *exchange, uint32_t events);

// faults.c: scripts.
void go_on(listener_exchange *exchange);
void reset(int socket);

// handshake.c: faults of connections.
void begin_handshake(listener_exchange *exchange);
void break_connection(listener_exchange *exchange);
void free_credentials(listener_reactor *reactor);

// loop.c
void log_line(const listener_reactor *reactor, int level, const char *format, ...) __attribute__((format(printf, 3, 4)));

// conversation.c: what libmicrohttpd calls.
void *note_target(void *context, const char *target, struct MHD_Connection *connection);
enum MHD_Result converse(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                         const char *version, const char *data, size_t *size, void **exchange);
void note_completion(void *context, struct MHD_Connection *connection, void **exchange, enum MHD_RequestTerminationCode code);
void note_connection(void *context, struct MHD_Connection *connection, void **exchange, enum MHD_ConnectionNotificationCode code);

// strict.c: the strict pass over a request's head.
/// A refusal: a status, what was wrong, and the whole JSON body that says so. `status` 0 means nothing was wrong.
typedef struct {
    unsigned status;
    const char *message;
    const char *json;
} refusal;
#define REFUSAL(status, message) ((refusal){status, message, "{\"ErrorCode\":\"0xA0110004\",\"Message\":\"" message "\"}"})
#define BODY_TOO_LONG REFUSAL(413, "The request body is longer than this server accepts.")
bool collect_fields(listener_exchange *exchange);
refusal check_head(listener_exchange *exchange, const char *url);

// reply.c: out they go.
enum MHD_Result refuse(listener_exchange *exchange, refusal refusal);
enum MHD_Result refuse_midway(listener_exchange *exchange, refusal refusal);

#endif
