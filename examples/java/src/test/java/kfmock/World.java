package kfmock;

import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An isolated copy of everything: estate, clock, rules, journal, tokens. */
public final class World implements ExtensionContext.Store.CloseableResource {
    /** The mock refused a request of a test; the message says why. */
    public static final class Refused extends RuntimeException {
        Refused(String message) {
            super(message);
        }
    }

    /** Its name; the API over HTTP, or over HTTPS if the server has no HTTP; over HTTPS, empty if it has none; the token endpoint. */
    public final String name, url, httpsUrl, tokenUrl;
    /** The CA in PEM, and a client that trusts it. */
    public final String ca;
    public final HttpClient client;

    private final Server server;
    private final List<Rule> rules = new ArrayList<>();
    private final List<Map<String, ?>> expected = new ArrayList<>();
    private final List<Object> scripts = new ArrayList<>();
    private String scenario;
    private boolean changed;

    World(Server server, String name) {
        this.server = server;
        this.name = name;
        String below = "/w/" + name;
        url = server.base() + below + server.api;
        httpsUrl = server.https.isEmpty() ? "" : server.https + below + server.api;
        tokenUrl = server.base() + below + "/oauth2/token";
        ca = server.ca;
        client = server.client;
        close();
        server.control("POST", "worlds", Map.of("name", name));
    }

    /** Removes the world from the server. */
    @Override
    public void close() {
        try {
            server.control("DELETE", "worlds/" + name, null);
        } catch (Refused absent) {
            // It may not exist.
        }
    }

    /** Sends a request to the control interface of this world, for anything that has no method here; answers text, often JSON. */
    public String control(String method, String page, Object body) {
        changed |= !method.equals("GET");
        return server.control(method, "worlds/" + name + "/" + page, body);
    }

    /** Replaces the whole scenario, YAML or JSON. The world restarts, without the rules of {@code on}. */
    public void load(String scenario) {
        control("PUT", "scenario", scenario);
        this.scenario = scenario;
        scripts.clear();
        changed = false;
    }

    /** Merges into the estate, in the format of scenario files: a map, or YAML. */
    public void patch(Object estate) {
        control("PATCH", "estate", estate);
    }

    /**
     * A rule for some requests: {@code on("POST", "/OrchestratorJobs/Custom").times(2).refuse("unavailable")}. Rules are evaluated in the
     * order of their creation. A test that gives one no effect fails, as does one whose operation does not exist. The operation
     * {@code on("token", "")} is the token endpoint.
     */
    public Rule on(String method, String path) {
        Rule rule = new Rule(this, "rule-" + (rules.size() + 1), (method + " " + path).strip());
        rules.add(rule);
        return rule;
    }

    /** Defines the progress of jobs of a type: "InProcess", "Completed:Failure:disk full". Call it first: it restarts the world. */
    public void scriptJob(String jobType, String... steps) {
        if (changed || !requests().isEmpty()) {
            throw new IllegalStateException("call scriptJob before requests, rules and other changes, because it restarts the world");
        }
        scenario = scenario == null ? control("GET", "scenario", null) : scenario;
        List<Object> full = new ArrayList<>();
        for (String step : steps) {
            String[] parts = step.split(":", 3);
            Map<String, String> keys = new LinkedHashMap<>();
            for (int n = 0; n < parts.length; n++) {
                keys.put(List.of("state", "result", "message").get(n), parts[n]);
            }
            full.add(keys);
        }
        scripts.add(Map.of("match", Map.of("jobType", jobType), "steps", full));
        control("PUT", "scenario", scenario + "\nprogress: " + Json.write(scripts) + "\n");
        changed = false;
    }

    /** Advances the world's clock and runs everything that becomes due; answers how many runs began. */
    public int advance(Duration by) {
        return ((Double) object(control("POST", "clock/advance", Map.of("by", Rule.text(by)))).get("ran")).intValue();
    }

    /** The exchanges of an operation, as in {@code requests("GET", "/Agents")}, or all, oldest first. */
    public List<Exchange> requests(String... operation) {
        String chosen = operation.length == 0 ? "" : "&operation=" + URLEncoder.encode(String.join(" ", operation), StandardCharsets.UTF_8);
        Map<String, Object> journal = object(control("GET", "journal?order=oldest&limit=100000&strict=true" + chosen, null));
        if ((Double) journal.get("evicted") > 0) {
            throw new IllegalStateException("the journal has dropped exchanges: use expect and verify, which allow for that");
        }
        return objects(journal.get("exchanges")).stream().map(Exchange::new).toList();
    }

    /** The jobs that are scheduled or running: id, jobType, agent, schedule, state, runs. */
    public List<Map<String, Object>> jobs() {
        return objects(Json.read(control("GET", "jobs", null)));
    }

    /** The jobs that are over, with attempts, result, message and ended instead of runs. */
    public List<Map<String, Object>> jobsOver() {
        return objects(Json.read(control("GET", "jobs/over", null)));
    }

    /** Adds an expectation as scenario files write them: {@code expect(Map.of("jobs", Map.of(), "count", 1))}. */
    public void expect(Map<String, ?> expectation) {
        expected.add(expectation);
    }

    /** Fails, with the exchanges that came nearest, unless all that was expected (else: what the scenario expects) has happened. */
    public void verify() {
        judge("verify", new LinkedHashMap<>());
    }

    /** Like {@code verify}, but waits until all is met; the timeout is on the wall clock. */
    public void await(Duration timeout) {
        judge("await", new LinkedHashMap<>(Map.of("timeout", Rule.text(timeout))));
    }

    private void judge(String page, Map<String, Object> body) {
        if (!expected.isEmpty()) {
            body.put("expect", List.copyOf(expected));
        }
        expected.clear();
        StringBuilder text = new StringBuilder();
        for (Map<String, Object> each : objects(object(control("POST", page + "?strict", body)).get("results"))) {
            if (!"met".equals(each.get("verdict"))) {
                text.append(String.format("%s: expected %s, found %s", each.get("verdict"), each.get("expected"), each.get("found")));
                objects(each.get("nearest")).forEach(near -> text.append("\n  nearest: ").append(near));
            }
        }
        if (!text.isEmpty()) {
            throw new AssertionError(text.toString());
        }
    }

    /** What must hold at the end of a test: what is expected has happened, and each rule has an effect. */
    void finish() {
        if (!expected.isEmpty()) {
            verify();
        }
        for (Rule rule : rules) {
            if (!rule.hasEffect()) {
                throw new AssertionError("on(…) was given no effect, such as refuse(…): " + rule.operation);
            }
        }
    }

    /** The last exchanges, and which rules struck. */
    String summary() {
        List<String> lines = new ArrayList<>();
        Object last = object(control("GET", "journal?order=newest&limit=10", null)).get("exchanges");
        objects(last).forEach(each -> lines.add(new Exchange(each).toString()));
        Collections.reverse(lines);
        for (Map<String, Object> rule : objects(Json.read(control("GET", "rules", null)))) {
            lines.add(String.format("rule %s (%s) struck %.0f of %.0f: %s", rule.get("name"), rule.get("operation"), rule.get("strikes"),
                rule.get("matches"), rule.get("do")));
        }
        return String.join("\n", lines);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(String json) {
        return (Map<String, Object>) Json.read(json);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> objects(Object list) {
        return (List<Map<String, Object>>) list;
    }
}
