import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kfmock.Exchange;
import kfmock.KeyfactorMock;
import kfmock.World;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Example tests of a small client, which stands at the end; in your project it is the code that you ship. */
@ExtendWith(KeyfactorMock.class)
class ExampleTest {
    @Test
    void aServerThatIsDownTwiceGetsOneJob(World kfmock) throws Exception {
        kfmock.on("POST", "/OrchestratorJobs/Custom").times(2).refuse("unavailable");
        String job = new Client(kfmock.client, kfmock.url).giveJob("uo-1");
        List<Exchange> sent = kfmock.requests("POST", "/OrchestratorJobs/Custom");
        assertEquals(List.of(503, 503, 200), sent.stream().map(Exchange::status).toList());
        assertEquals(1, sent.stream().map(Exchange::body).distinct().count());
        assertEquals(List.of(job), kfmock.jobs().stream().map(each -> each.get("id")).toList());
    }

    @Test
    void aLostReplyMakesNoSecondJob(World kfmock) {
        kfmock.on("POST", "/OrchestratorJobs/Custom").reset("reply");
        assertThrows(IOException.class, () -> new Client(kfmock.client, kfmock.url).giveJob("uo-1"));
        List<Exchange> sent = kfmock.requests("POST", "/OrchestratorJobs/Custom");
        assertEquals(List.of("committed"), sent.stream().map(Exchange::effect).toList());
        kfmock.expect(Map.of("jobs", Map.of(), "count", 1));
    }

    @Test
    void aJobFailsLater(World kfmock) throws Exception {
        kfmock.scriptJob("SampleCustomJobType", "InProcess", "Completed:Failure:disk full");
        Client client = new Client(kfmock.client, kfmock.httpsUrl);
        String job = client.giveJob("uo-1");
        assertEquals(0, client.result(job));
        assertEquals(4, client.result(job));
        assertEquals("disk full", kfmock.jobsOver().get(0).get("message"));
    }

    @Test
    void aJobOfTonightRunsTonight(World kfmock) {
        kfmock.load("clock: { start: 2026-03-01T09:00:00Z, mode: frozen }");
        Map<String, ?> tonight = Map.of("ExactlyOnce", Map.of("Time", "2026-03-01T23:00:00Z"));
        kfmock.patch(Map.of("jobs", List.of(Map.of(
            "agent", "uo-1", "jobType", "SampleCustomJobType", "fields", Map.of("ParamInt", "1"), "schedule", tonight))));
        assertEquals(0, kfmock.advance(Duration.ofHours(14).minusSeconds(1)));
        assertEquals(1, kfmock.advance(Duration.ofSeconds(1)));
    }

    /** The client under test. */
    private record Client(HttpClient http, String api) {
        private HttpRequest.Builder request(String path) {
            return HttpRequest.newBuilder(URI.create(api + path)).timeout(Duration.ofSeconds(10))
                .header("x-keyfactor-requested-with", "APIClient").header("Content-Type", "application/json");
        }

        /** Schedules a job on the agent of a machine and returns the job's id. Retries while the server is down. */
        String giveJob(String machine) throws IOException, InterruptedException {
            String agents = http.send(request("/Agents").build(), BodyHandlers.ofString()).body();
            String agent = found("\"AgentId\":\"([^\"]+)\",\"ClientMachine\":\"" + machine + "\"", agents);
            String body = "{\"AgentId\":\"" + agent + "\",\"JobTypeName\":\"SampleCustomJobType\",\"JobFields\":{\"ParamInt\":\"1\"}}";
            HttpRequest job = request("/OrchestratorJobs/Custom").POST(HttpRequest.BodyPublishers.ofString(body)).build();
            for (int left = 2; ; left--) {
                var reply = http.send(job, BodyHandlers.ofString());
                if (reply.statusCode() == 200) {
                    return found("\"JobId\":\"([^\"]+)\"", reply.body());
                }
                if (reply.statusCode() != 503 || left == 0) {
                    throw new IOException(reply.statusCode() + " " + reply.body());
                }
            }
        }

        /** How the last run of a job ended: 0 while it is not over, 2 success, 4 failure. */
        int result(String job) throws IOException, InterruptedException {
            String query = URLEncoder.encode("JobId -eq \"" + job + "\"", StandardCharsets.UTF_8);
            String path = "/OrchestratorJobs/JobHistory?QueryString=" + query;
            return Integer.parseInt(found("\"Result\":(\\d+)", http.send(request(path).build(), BodyHandlers.ofString()).body()));
        }

        private static String found(String pattern, String text) throws IOException {
            Matcher match = Pattern.compile(pattern).matcher(text);
            if (!match.find()) {
                throw new IOException("no " + pattern + " in " + text);
            }
            return match.group(1);
        }
    }
}
