package kfmock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A rule for some requests. Each method after {@code times} and {@code key} adds an effect; effects apply in the order of their stages,
 * not of the calls. A stage is "request", before the work, or "reply", after it.
 */
public final class Rule {
    final String operation;
    private final World world;
    private final String name;
    private final Map<String, Object> keys = new LinkedHashMap<>();
    private List<Map<String, ?>> effects;

    Rule(World world, String name, String operation) {
        this.world = world;
        this.name = name;
        this.operation = operation;
        keys.put("operation", operation);
    }

    /** It strikes the first n requests. */
    public Rule times(int n) {
        return key("calls", "1-" + n);
    }

    /** Another key of a rule: calls, per, where, chance, maxRun, window, while, becomes, unauthenticated, ttl. */
    public Rule key(String key, Object value) {
        keys.put(key, value);
        return this;
    }

    /** Adds an effect as scenario files write it: {@code does(Map.of("limit", Map.of("tokens", 2, "refill", "1/s")))}. */
    public Rule does(Map<String, ?> effect) {
        effects = new ArrayList<>(effects == null ? List.of() : effects);
        effects.add(effect);
        keys.put("do", effects);
        world.control("PUT", "rules/" + name + "?strict", keys);
        return this;
    }

    boolean hasEffect() {
        return effects != null;
    }

    /** Sends a named failure ({@code keyfactor-mock failures}). No work is done. */
    public Rule refuse(String failure) {
        return does(Map.of("refuse", failure));
    }

    /** Sends a custom failure: failure, status, code, message, body, headers, retryAfter. */
    public Rule refuse(Map<String, ?> failure) {
        return does(Map.of("refuse", failure));
    }

    /** Sends a custom response: status, headers, body; also for operations that the mock does not support. */
    public Rule answer(Map<String, ?> response) {
        return does(Map.of("answer", response));
    }

    /** Alters the real response: status, headers, patch (a JSON merge patch). */
    public Rule alter(Map<String, ?> what) {
        return does(Map.of("alter", what));
    }

    /** Changes the estate for the next request, in the format of scenario files. */
    public Rule change(Map<String, ?> estate) {
        return does(Map.of("change", estate));
    }

    /** Waits at a stage, on the wall clock. */
    public Rule delay(Duration by, String at) {
        return does(Map.of("delay", text(by), "at", at));
    }

    /** Sends a reply that violates HTTP: stall, slow-headers, wrong-length, garbage, dribble, bad-chunk, … */
    public Rule breaks(String how) {
        return does(Map.of("break", how));
    }

    /** Sends RST and no data. */
    public Rule reset(String at) {
        return does(Map.of("break", "reset", "at", at));
    }

    /** Sends FIN and no data. */
    public Rule close(String at) {
        return does(Map.of("break", "close", "at", at));
    }

    /** Does the work, but sends only a part of the body, such as "50%", with the full Content-Length. */
    public Rule truncate(String keep) {
        return does(Map.of("break", "truncate", "keep", keep));
    }

    /** Removes the rule. */
    public void remove() {
        world.control("DELETE", "rules/" + name, null);
    }

    /** A duration as the mock reads it. */
    static String text(Duration duration) {
        return duration.toMillis() + "ms";
    }
}
