// Whether the library that was loaded is one that has been tried.
#include "listener.h"
#include "microhttpd_internals.h"

#include <stdio.h>

bool listener_check_library(char *error) {
    static const char *const tried[] = LISTENER_TRIED_VERSIONS;
    const char *version = MHD_get_version();
    for (size_t index = 0; index < sizeof tried / sizeof *tried; index++)
        if (strcmp(version, tried[index]) == 0) return true;
    snprintf(error, LISTENER_ERROR_SIZE, "%s", version);
    return false;
}

const char *listener_tried_library(void) {
    static const char *const tried[] = LISTENER_TRIED_VERSIONS;
    return tried[sizeof tried / sizeof *tried - 1];
}
