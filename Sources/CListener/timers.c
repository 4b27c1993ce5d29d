// Timers of a reactor: a binary heap of exchanges, the earliest first.
#include "internal.h"

#include <stdlib.h>
#include <time.h>

enum { FEWEST_TIMERS = 64 };

int64_t listener_clock_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void place(listener_reactor *reactor, size_t at, listener_exchange *exchange) {
    reactor->heap[at] = exchange;
    exchange->timer = at;
}

static void sift(listener_reactor *reactor, size_t at, listener_exchange *exchange) {
    while (at > 0 && reactor->heap[(at - 1) / 2]->due > exchange->due) {
        place(reactor, at, reactor->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= reactor->heap_count) break;
        if (child + 1 < reactor->heap_count && reactor->heap[child + 1]->due < reactor->heap[child]->due) child++;
        if (reactor->heap[child]->due >= exchange->due) break;
        place(reactor, at, reactor->heap[child]);
        at = child;
    }
    place(reactor, at, exchange);
}

void listener_remove_timer(listener_exchange *exchange) {
    listener_reactor *reactor = exchange->reactor;
    if (exchange->timer == SIZE_MAX) return;
    listener_exchange *last = reactor->heap[--reactor->heap_count];
    if (last != exchange) sift(reactor, exchange->timer, last);
    exchange->timer = SIZE_MAX;
}

bool listener_set_timer(listener_exchange *exchange, int64_t due) {
    listener_reactor *reactor = exchange->reactor;
    listener_remove_timer(exchange);
    exchange->due = due;
    if (due == INT64_MAX) return true;
    if (reactor->heap_count == reactor->heap_room) {
        size_t room = reactor->heap_room == 0 ? FEWEST_TIMERS : reactor->heap_room * 2;
        listener_exchange **heap = realloc(reactor->heap, room * sizeof *heap);
        if (heap == NULL) return false;
        reactor->heap = heap;
        reactor->heap_room = room;
    }
    sift(reactor, reactor->heap_count++, exchange);
    return true;
}
