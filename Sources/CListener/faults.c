// Faults of replies: scripts that run on the reactor's thread while libmicrohttpd leaves the connection alone.
#include "internal.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/// For how long and how often a reset checks whether the client has received what was written, in ms; and how many bytes are
/// written at once, so that a fast reader of a long body does not keep the others waiting.
enum { PATIENCE = 2000, LOOK_AGAIN = 5, PORTION = 256 * 1024 };

/// A script and how far it has come. One allocation: the steps, followed by the bytes.
struct script {
    size_t step, step_count;
    const uint8_t *next;  ///< the byte to write next
    size_t left;          ///< of the bytes
    int64_t clock;        ///< when the last wait was meant to end, so that delays do not add up
    int64_t patience;     ///< until when a reset waits, 0 before it has begun
    listener_step steps[];
};

/// What a script waits for.
typedef struct {
    bool is_over;
    int64_t due;      ///< INT64_MAX for never
    uint32_t events;  ///< of epoll
} wish;

/// Writes something. Returns how many bytes were written, 0 if there is no room, -1 if the connection is broken.
static ssize_t put(const listener_exchange *exchange, const uint8_t *bytes, size_t length) {
    if (exchange->is_tls) {
        ssize_t count = gnutls_record_send(session_of(exchange), bytes, length);
        if (count == GNUTLS_E_AGAIN || count == GNUTLS_E_INTERRUPTED) return 0;
        return count < 0 ? -1 : count;
    }
    ssize_t count = send(socket_of(exchange), bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return 0;
    return count;
}

/// Writes what a step has left. If GnuTLS found no room, it wants the same bytes again; those are still the next ones.
static bool write_step(listener_exchange *exchange, listener_step *step, size_t *portion, wish *wish) {
    struct script *script = exchange->script;
    while (step->amount > 0 && script->left > 0) {
        size_t most = script->left < (uint64_t)step->amount ? script->left : (size_t)step->amount;
        ssize_t count = *portion == 0 ? 0 : put(exchange, script->next, most);
        wish->is_over = count < 0;
        wish->events = EPOLLOUT;
        if (count <= 0) return false;
        script->next += count;
        script->left -= (size_t)count;
        step->amount -= count;
        *portion -= (size_t)count < *portion ? (size_t)count : *portion;
    }
    return true;
}

/// Waits. Returns whether the time has passed.
static bool wait_step(struct script *script, listener_step *step, wish *wish) {
    int64_t amount = step->amount;
    step->amount = 0;
    script->clock = amount > INT64_MAX - script->clock ? INT64_MAX : script->clock + amount;
    wish->due = script->clock;
    return script->clock <= listener_clock_ms();
}

/// Resets the connection, unless the client has yet to receive something that was written.
static bool reset_step(listener_exchange *exchange, wish *wish) {
    struct script *script = exchange->script;
    int socket = socket_of(exchange), unread = 0;
    int64_t now = listener_clock_ms();
    if (script->patience == 0) script->patience = now + PATIENCE;
    wish->due = now + LOOK_AGAIN;
    if (ioctl(socket, SIOCOUTQ, &unread) == 0 && unread > 0 && now < script->patience) return false;
    listener_reset(socket);
    return true;
}

/// Makes sure that there is room for a close_notify: libmicrohttpd does not wait for it.
static bool close_step(const listener_exchange *exchange, wish *wish) {
    struct pollfd room = {.fd = socket_of(exchange), .events = POLLOUT};
    wish->events = EPOLLOUT;
    return !exchange->is_tls || poll(&room, 1, 0) != 0;
}

/// Runs a script until it is over or has to wait.
static wish perform(listener_exchange *exchange) {
    struct script *script = exchange->script;
    size_t portion = PORTION;
    for (; script->step < script->step_count; script->step++) {
        listener_step *step = &script->steps[script->step];
        wish wish = {.due = INT64_MAX};
        bool is_done = true;
        switch (step->kind) {
        case LISTENER_WRITE: is_done = write_step(exchange, step, &portion, &wish); break;
        case LISTENER_WAIT: is_done = wait_step(script, step, &wish); break;
        case LISTENER_STALL: return wish;
        case LISTENER_RESET: is_done = reset_step(exchange, &wish); break;
        default: is_done = close_step(exchange, &wish);
        }
        if (!is_done) return wish;
        if (step->kind == LISTENER_RESET || step->kind == LISTENER_CLOSE) break;
    }
    return (wish){.is_over = true};
}

void listener_resume_script(listener_exchange *exchange) {
    wish wish = perform(exchange);
    if (wish.is_over || !listener_hold_longer(exchange, wish.due, wish.events)) listener_end_hold(exchange, PHASE_GONE);
}

// MARK: The contract

bool listener_script(listener_exchange *exchange, const uint8_t *bytes, size_t length, const listener_step *steps,
                     size_t step_count) {
    if (exchange->phase != PHASE_DECIDING || exchange->is_raw || !listener_has_room(exchange, length)) return false;
    struct script *script = malloc(sizeof *script + step_count * sizeof *steps + length);
    if (script == NULL) return false;
    uint8_t *copy = (uint8_t *)&script->steps[step_count];
    *script = (struct script){.step_count = step_count, .next = copy, .left = length, .clock = listener_clock_ms()};
    if (step_count > 0) memcpy(script->steps, steps, step_count * sizeof *steps);
    if (length > 0) memcpy(copy, bytes, length);
    exchange->script = script;
    const int on = 1;  // each piece is sent when it is written
    setsockopt(socket_of(exchange), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    wish wish = perform(exchange);
    exchange->phase = PHASE_GONE;
    return wish.is_over || listener_hold_until(exchange, wish.due, wish.events);
}
