// The log: lines of our own, and those of libmicrohttpd.
#include "internal.h"
#include "microhttpd_internals.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST_LINE = 512 };

void listener_log(const listener_reactor *reactor, int level, const char *format, ...) {
    char text[LONGEST_LINE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    reactor->callbacks.log(reactor->callbacks.context, level, text);
}

void listener_log_library(void *context, const char *format, va_list arguments) {
    const listener_reactor *reactor = context;
    char text[LONGEST_LINE];
    vsnprintf(text, sizeof text, format, arguments);
    text[strcspn(text, "\n")] = '\0';
    int level = mhd_is_refusal(text) ? LISTENER_INFO : LISTENER_DEBUG;
    reactor->callbacks.log(reactor->callbacks.context, level, text);
}
