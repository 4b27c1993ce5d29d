// What the connections of a listener hold: bodies that are being read or whose requests are worked on, and replies on their way.
#include "internal.h"

#include <stdlib.h>

struct listener_budget {
    size_t limit;
    atomic_size_t used;
};

static bool charge(listener_exchange *exchange, size_t bytes, size_t kept_free) {
    listener_budget *budget = exchange->reactor->limits.budget;
    if (bytes <= exchange->charged || budget == NULL) return true;
    size_t more = bytes - exchange->charged;
    if (atomic_fetch_add_explicit(&budget->used, more, memory_order_relaxed) + more > budget->limit - kept_free) {
        atomic_fetch_sub_explicit(&budget->used, more, memory_order_relaxed);
        return false;
    }
    exchange->charged = bytes;
    return true;
}

bool listener_charge_body(listener_exchange *exchange, size_t bytes) {
    listener_budget *budget = exchange->reactor->limits.budget;
    return charge(exchange, bytes, budget == NULL ? 0 : budget->limit / 4);
}

void listener_discharge(listener_exchange *exchange) {
    listener_budget *budget = exchange->reactor->limits.budget;
    if (budget != NULL && exchange->charged > 0) atomic_fetch_sub_explicit(&budget->used, exchange->charged, memory_order_relaxed);
    exchange->charged = 0;
}

// MARK: The contract

listener_budget *listener_budget_make(size_t limit) {
    listener_budget *budget = calloc(1, sizeof *budget);
    if (budget != NULL) budget->limit = limit;
    return budget;
}

size_t listener_budget_used(listener_budget *budget) { return atomic_load_explicit(&budget->used, memory_order_relaxed); }

void listener_budget_free(listener_budget *budget) { free(budget); }

bool listener_has_room(listener_exchange *exchange, size_t length) {
    return charge(exchange, exchange->charged + length, 0);
}
