// What a server needs of its process.
#include "listener.h"

#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>

void listener_prepare_process(void) {
    signal(SIGPIPE, SIG_IGN);
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

void listener_use_one_heap(void) { mallopt(M_ARENA_MAX, 1); }
