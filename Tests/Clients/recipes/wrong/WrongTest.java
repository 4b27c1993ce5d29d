import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.regex.Pattern;
import kfmock.KeyfactorMock;
import kfmock.World;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each of these must fail, but Right. */
@ExtendWith(KeyfactorMock.class)
class WrongTest {
    private static int ask(World kfmock, String path) throws Exception {
        return kfmock.client.send(HttpRequest.newBuilder(URI.create(kfmock.url + path)).build(), BodyHandlers.ofString()).statusCode();
    }

    @Test
    void testMisspelt(World kfmock) {
        kfmock.requests("GET", "/Agnts");
    }

    @Test
    void testMisspeltRule(World kfmock) {
        kfmock.on("GET", "/Agnts").refuse("unavailable");
    }

    @Test
    void testNoEffect(World kfmock) {
        kfmock.on("GET", "/Agents");
    }

    @Test
    void testNotMet(World kfmock) throws Exception {
        ask(kfmock, "/PamProviders");
        kfmock.expect(Map.of("requests", Map.of("operation", "GET /Agents"), "count", 1));
    }

    @Test
    void testShown(World kfmock) throws Exception {
        kfmock.on("GET", "/Agents").refuse("unavailable");
        assertEquals(200, ask(kfmock, "/Agents"));
    }

    @Test
    void testRight(World kfmock) {
        kfmock.on("GET", "/Agents").does(Map.of("delay", "1ms"));
        kfmock.expect(Map.of("requests", Map.of("operation", "GET /Agents"), "count", 0));
        kfmock.verify();
    }

    /** It ends as a test does that somebody kills. */
    @Test
    void testKilled(World kfmock) {
        Runtime.getRuntime().halt(137);
    }

    /** It kills the server that was started for it. */
    @Test
    void testDies(World kfmock) {
        var pid = Pattern.compile("\"pid\":(\\d+)").matcher(kfmock.control("GET", "info", null));
        ProcessHandle server = ProcessHandle.of(pid.find() ? Long.parseLong(pid.group(1)) : 0).orElseThrow();
        server.destroyForcibly();
        kfmock.requests();
    }
}
