import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** A server in a container. */
final class MockContainer extends GenericContainer<MockContainer> {
    // No image is published: use one that you have built from this project's Dockerfile.
    private static final String IMAGE =
            System.getenv().getOrDefault("KFMOCK_IMAGE", "registry.example.com/keyfactor-mock:0.1.0");
    private static final String SCENARIO =
            "{ rules: [ { operation: POST /OrchestratorJobs/Custom, calls: 1, do: [ { refuse: unavailable } ] } ] }";

    MockContainer() {
        super(DockerImageName.parse(IMAGE));
        withExposedPorts(8080);
        withEnv("KEYFACTOR_MOCK_SCENARIO", SCENARIO);
        waitingFor(Wait.forHttp("/_mock/readyz").forPort(8080).forStatusCode(200));
    }

    /** The server's URL, such as http://localhost:32768. */
    String address() {
        return "http://" + getHost() + ":" + getMappedPort(8080);
    }
}
