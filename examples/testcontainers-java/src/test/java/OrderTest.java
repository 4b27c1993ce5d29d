import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Schedules a job while Command is down at first. */
class OrderTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    /** The agent uo-1 of the small estate; its id is the same in every run. */
    private static final String JOB = """
            { "AgentId": "e89c945f-da62-482c-9495-ecf36abbd2dd", "JobTypeName": "SampleCustomJobType", "JobFields": { "ParamInt": "3" } }
            """;

    /** The client under test; in your project it is the code that you ship. */
    private static HttpResponse<String> order(String api) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(api + "/OrchestratorJobs/Custom"))
                .header("Content-Type", "application/json")
                .header("x-keyfactor-requested-with", "APIClient")
                .POST(BodyPublishers.ofString(JOB))
                .build();
        return CLIENT.send(request, BodyHandlers.ofString());
    }

    private static String get(String address) throws IOException, InterruptedException {
        return CLIENT.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString()).body().strip();
    }

    @Test
    void aRefusedJobIsScheduledAgain() throws Exception {
        try (MockContainer mock = new MockContainer()) {
            mock.start();
            assertEquals(503, order(mock.address() + "/KeyfactorAPI").statusCode());
            assertEquals("[]", get(mock.address() + "/_mock/jobs"));

            HttpResponse<String> answer = order(mock.address() + "/KeyfactorAPI");
            assertEquals(200, answer.statusCode());
            Matcher job = Pattern.compile("\"JobId\":\"([^\"]+)\"").matcher(answer.body());
            assertTrue(job.find(), answer.body());
            assertTrue(get(mock.address() + "/_mock/jobs").startsWith("[{\"id\":\"" + job.group(1) + "\""));
        }
    }
}
