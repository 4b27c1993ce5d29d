"""A server in a container, for the tests in this folder."""

import os

import pytest
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

# No image is published: use one that you have built from this project's Dockerfile.
IMAGE = os.environ.get("KFMOCK_IMAGE", "registry.example.com/keyfactor-mock:0.1.0")
SCENARIO = "{ rules: [ { operation: POST /OrchestratorJobs/Custom, calls: 1, do: [ { refuse: unavailable } ] } ] }"


@pytest.fixture(scope="session")
def mock():
    """The server's URL, such as http://localhost:32768."""
    container = DockerContainer(IMAGE).with_exposed_ports(8080).with_env("KEYFACTOR_MOCK_SCENARIO", SCENARIO)
    with container.waiting_for(HttpWaitStrategy(8080, "/_mock/readyz").for_status_code(200)):
        yield f"http://{container.get_container_host_ip()}:{container.get_exposed_port(8080)}"
