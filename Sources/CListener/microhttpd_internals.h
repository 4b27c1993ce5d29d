// The only place where the listener relies on how libmicrohttpd works inside, beyond what its manual promises.
//
// Each function below names one such thing: why it is needed, and what would break if a release of libmicrohttpd did it
// differently. Nothing else in this folder may rely on the library's internals. So a release is used only if the tests have
// been run with it: the compiler checks the header, and listener_check_library() checks the library that was loaded.
//
// To add a release: run `make test`, the fuzzers and the benchmarks with it, then list it in both places below.
//
// Debian 12's 0.9.75 has been tried. Debian 13's 1.0.1 has not: it cannot be installed on Debian 12, and it is not expected
// to work as it is. Release 1.0.0 rewrote the parser of requests, which (1) and (4) rely on.
#ifndef LISTENER_MICROHTTPD_INTERNALS_H
#define LISTENER_MICROHTTPD_INTERNALS_H

#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>

/// The releases that have been tried, as MHD_get_version() names them.
#define LISTENER_TRIED_VERSIONS {"0.9.75"}

#if MHD_VERSION != 0x00097500
#error "This release of libmicrohttpd has not been tried. See the start of microhttpd_internals.h."
#endif

// MARK: 1. The query is not split into arguments (conversation.c)

/// Ends a target after its question mark, so that libmicrohttpd does not split the query into arguments.
///
/// Why: splitting changes the query in place, takes memory for each argument, and refuses a request with many of them. Nobody
/// needs the arguments. libmicrohttpd has found the question mark when it calls the URI log callback, and splits what follows
/// until a NUL. The target lies in the connection's own memory pool; only the callback's type says const. make_origin_form()
/// writes a byte there, too.
/// Would break: if the callback got a copy, or if the query was split first, the query would arrive without its ampersands and
/// equals signs; if the length of the target had been noted before, it would arrive whole and be split.
///
/// - Returns: the byte that was there, for mhd_show_query().
static inline char mhd_hide_query(char *question_mark) {
    char first = question_mark[1];
    question_mark[1] = '\0';
    return first;
}

/// Undoes mhd_hide_query(). libmicrohttpd has put a NUL over the question mark as well, to end the path.
static inline void mhd_show_query(char *question_mark, char first) {
    question_mark[0] = '?';
    question_mark[1] = first;
}

// MARK: 2. All fields of a reply are added as one (reply.c)

/// Overwrites the value of a response's field with other bytes of the same length, line ends included.
///
/// Why: adding five fields one by one costs five times as much as adding one that contains the others, and libmicrohttpd
/// refuses a value with line ends. MHD_get_response_header() returns the response's own copy of the value, which was made
/// when the field was added and which nobody else has yet.
/// Would break: if the function returned another copy, the reply would show the filler; if the response kept its head already
/// formatted, likewise; if the value were in memory that cannot be written, the process would crash.
static inline void mhd_overwrite_value(struct MHD_Response *response, const char *name, const char *bytes, size_t length) {
    char *value = (char *)MHD_get_response_header(response, name);
    if (value != NULL) memcpy(value, bytes, length);
}

// MARK: 3. The end of a connection is reported again (hold.c)

/// Makes libmicrohttpd's epoll report a socket once more.
///
/// Why: its epoll is edge-triggered, and it does not read on where a read returned less than there was room for. So it does
/// not notice an end that arrived together with the bytes before it, and would keep the connection until the idle timeout.
/// Setting the same registration again makes the kernel report what is still true of the socket.
/// Would break: the data of the registration must be the connection, as libmicrohttpd has it. With anything else there, the
/// library would take a foreign pointer for a connection, and crash.
static inline void mhd_report_again(struct MHD_Daemon *daemon, struct MHD_Connection *connection, int socket) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLET, .data.ptr = connection};
    epoll_ctl(MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, EPOLL_CTL_MOD, socket, &event);
}

// MARK: 4. The head of a request, as it lies in memory (strict.c)
//
// Why: libmicrohttpd lets through what two readers could understand differently: a NUL inside a value; a folded line, of which
// it makes a corrupted name; a line without a name, which it takes for the end of the head. It parses the head in place: it
// ends the parts of each line with NUL and keeps pointers to them. So a gap between the end of one part and the start of the
// next shows what was there.
// Would break: if it moved or copied the parts, good requests would be refused with 400, which every test would show; if it
// replaced other bytes with NUL, smuggling shapes would pass, which RefusalTests and test_hostile_smuggling.py would show.

/// Whether method, target and version follow one another with exactly one byte between them.
static inline bool mhd_is_request_line_dense(const char *method, const char *target, size_t target_length, const char *version) {
    return method + strlen(method) + 1 == target && target + target_length + 1 == version;
}

/// Where the next line begins, given where the text of a line ends: after the NULs that were CR LF, or after a bare LF.
static inline const char *mhd_next_line(const char *end) { return end[1] == '\0' ? end + 2 : end + 1; }

/// Whether nothing but the empty line follows the last field. After a bare LF, mhd_next_line() has skipped that already.
static inline bool mhd_is_end_of_head(const char *method, size_t head_size, const char *line) {
    const char *end = method + head_size;
    return end >= line && end <= line + 2;
}

// MARK: 5. A connection is suspended inside a callback of GnuTLS (handshake.c)

/// The connection that a TLS session belongs to: libmicrohttpd keeps it as the session's pointer.
///
/// Would break: with another pointer there, the hooks of a handshake would work on foreign memory, and crash.
static inline struct MHD_Connection *mhd_connection_of(gnutls_session_t session) { return gnutls_session_get_ptr(session); }

/// Replaces the function that GnuTLS reads the socket with, and keeps the one that it writes with.
///
/// Why: see mhd_suspend_in_handshake(); a read without data is where a handshake has to wait.
/// Would break: if libmicrohttpd set a write function that needs its own pointer, every handshake would fail.
static inline void mhd_replace_pull(gnutls_session_t session, gnutls_pull_func pull, void *pointer, int socket) {
    gnutls_transport_set_ptr2(session, pointer, (gnutls_transport_ptr_t)(intptr_t)socket);
    gnutls_transport_set_pull_function(session, pull);
}

/// Suspends a connection while GnuTLS is working on its handshake; the callback then returns GNUTLS_E_AGAIN or EAGAIN.
///
/// Why: where a handshake wants more than has come, libmicrohttpd takes the connection for readable and asks again and again;
/// a thousand half-sent hellos would make everybody else wait. The manual allows suspending in the access handler only.
/// Would break: if libmicrohttpd used the connection after the handshake function has returned, without looking whether it
/// was suspended, it would work on a connection that is in none of its lists. test_hostile_handshakes.py would show it.
static inline void mhd_suspend_in_handshake(struct MHD_Connection *connection) { MHD_suspend_connection(connection); }

// MARK: 6. Requests that the library refuses are recognized by its log (log.c)

/// Whether a line of libmicrohttpd's log says that it has refused a request.
///
/// Why: it calls nobody for such a request, so the line is all that is known of it.
/// Would break: with other words there, such a refusal would be logged at debug instead of info. RefusalTests would show it.
static inline bool mhd_is_refusal(const char *line) {
    static const char start[] = "Error processing request";
    return strncmp(line, start, sizeof start - 1) == 0;
}

#endif
