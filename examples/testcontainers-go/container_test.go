package order

import (
	"os"
	"testing"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

const scenario = "{ rules: [ { operation: POST /OrchestratorJobs/Custom, calls: 1, do: [ { refuse: unavailable } ] } ] }"

// startMock starts a server in a container and returns its URL, such as http://localhost:32768.
func startMock(t *testing.T) string {
	t.Helper()
	// No image is published: use one that you have built from this project's Dockerfile.
	image := os.Getenv("KFMOCK_IMAGE")
	if image == "" {
		image = "registry.example.com/keyfactor-mock:0.1.0"
	}
	container, err := testcontainers.Run(t.Context(), image,
		testcontainers.WithExposedPorts("8080/tcp"),
		testcontainers.WithEnv(map[string]string{"KEYFACTOR_MOCK_SCENARIO": scenario}),
		testcontainers.WithWaitStrategy(wait.ForHTTP("/_mock/readyz").WithPort("8080/tcp")),
	)
	testcontainers.CleanupContainer(t, container)
	if err != nil {
		t.Fatal(err)
	}
	address, err := container.PortEndpoint(t.Context(), "8080/tcp", "http")
	if err != nil {
		t.Fatal(err)
	}
	return address
}
