package kfmock;

import java.util.Map;

/** A request with its reply, from the journal; the keys are those of docs/CONTROL.md. */
public record Exchange(Map<String, Object> entry) {
    /** 0 if nothing was sent. */
    public int status() {
        return entry.get("status") instanceof Double status ? status.intValue() : 0;
    }

    /** "committed" if the work was done, else "none". */
    public String effect() {
        return text("effect");
    }

    public String method() {
        return text("method");
    }

    public String path() {
        return text("path");
    }

    public String body() {
        return text("body");
    }

    public String replyBody() {
        return text("replyBody");
    }

    /** A text of the entry, null if it has none. */
    public String text(String key) {
        return (String) entry.get(key);
    }

    /** A header field of the request, null if it was not sent. Of credentials only the scheme is shown. */
    public String header(String name) {
        Map<?, ?> headers = (Map<?, ?>) entry.get("headers");
        return headers.entrySet().stream().filter(each -> name.equalsIgnoreCase((String) each.getKey()))
            .map(each -> (String) each.getValue()).findFirst().orElse(null);
    }

    @Override
    public String toString() {
        String rule = text("rule") == null ? "" : " (rule " + text("rule") + ")";
        String why = text("why") == null ? "" : ": " + text("why");
        Object outcome = status() == 0 ? text("delivery") : status();
        return String.format("%.0f %s %s -> %s%s%s", entry.get("n"), method(), path(), outcome, rule, why);
    }
}
