import KeyfactorMock

/// The files that `init` writes. Tests run them as they are.
enum FirstFiles {
    /// Their paths below the folder.
    static let paths = ["scenario.yaml", "scenario.schema.json", "test_command.py", ".github/workflows/command.yml"]

    /// Paths below the folder, and contents. The schema takes milliseconds to write.
    static var all: [(path: String, text: String)] {
        Array(zip(paths, [scenario, Catalogue.scenarioSchema + "\n", test, workflow]))
    }

    /// What to do next.
    ///
    /// - Parameter folder: the folder, as it was given.
    /// - Returns: some lines.
    static func advice(folder: String) -> String {
        let into = folder == "." ? "" : "cd \(folder.contains(" ") ? "'\(folder)'" : folder)\n  "
        return """

            Next:
              \(into)python3 -m pytest                                # with pytest and the wheel of keyfactor-mock installed
              keyfactor-mock serve --scenario scenario.yaml    # to try requests by hand
              keyfactor-mock lint scenario.yaml                # after each change

            In test_command.py, put your client in the place of the first function. In .github/workflows/command.yml, say where your wheel is.
            """
    }

    private static let scenario = """
        # yaml-language-server: $schema=scenario.schema.json
        # What exists in Command, and how it fails. Check it with: keyfactor-mock lint scenario.yaml
        scenario: first
        product: "25.4"

        # The small estate, which has the agents uo-1 and uo-2 and the store web-1, and one more store.
        estate:
          from: small
          certificateStores:
            - { machine: web-2, path: /etc/ssl/shop.pem, agent: uo-1 }

        # The first two requests for a job get 503. Later ones succeed.
        rules:
          - name: stumbles
            operation: POST /OrchestratorJobs/Custom
            calls: 1-2
            do: [ { refuse: unavailable } ]

        """

    private static let test = #"""
        """First tests with keyfactor-mock. Run them with: python3 -m pytest

        The fixture kfmock is a Command of each test's own, which begins as scenario.yaml says.
        """

        from json import dumps, load
        from urllib.error import HTTPError
        from urllib.request import Request, urlopen

        from pytest import mark, raises

        pytestmark = mark.keyfactor(scenario="scenario.yaml")


        def schedule_job(url, agent, attempts=3):
            """Gives an agent a job, and tries again while Command is down. Put your client here."""
            body = {"AgentId": agent, "JobTypeName": "SampleCustomJobType", "JobFields": {"ParamInt": "3"}}
            headers = {"Content-Type": "application/json", "x-keyfactor-requested-with": "APIClient"}
            for attempt in range(1, attempts + 1):
                request = Request(url + "/OrchestratorJobs/Custom", dumps(body).encode(), headers)
                try:
                    with urlopen(request) as reply:
                        return load(reply)["JobId"]
                except HTTPError as error:
                    if error.code != 503 or attempt == attempts:
                        raise


        def rows(url, path):
            with urlopen(url + path) as reply:
                return load(reply)


        def agent(url, machine):
            return next(each["AgentId"] for each in rows(url, "/Agents") if each["ClientMachine"] == machine)


        def test_the_store_of_the_scenario_is_there(kfmock):
            assert [each["ClientMachine"] for each in rows(kfmock.url, "/CertificateStores")] == ["web-1", "web-2"]


        def test_a_client_that_tries_three_times_makes_one_job(kfmock):
            assert schedule_job(kfmock.url, agent(kfmock.url, "uo-1"))
            assert [each.status for each in kfmock.requests("POST", "/OrchestratorJobs/Custom")] == [503, 503, 200]
            assert len(kfmock.jobs()) == 1


        def test_a_client_that_tries_twice_gives_up(kfmock):
            with raises(HTTPError, match="503"):
                schedule_job(kfmock.url, agent(kfmock.url, "uo-1"), attempts=2)
            assert kfmock.jobs() == []

        """#

    private static let workflow = """
        # Runs the tests in this folder with keyfactor-mock.
        name: Tests against Command
        on: [push]

        permissions:
          contents: read

        concurrency:
          group: ${{ github.workflow }}-${{ github.ref }}
          cancel-in-progress: true

        jobs:
          test:
            name: Test
            runs-on: ubuntu-24.04
            timeout-minutes: 10
            env:
              # No release is published: build the wheel with 'make wheel', put it where this job can fetch it, and write the address here.
              MOCK_WHEEL: https://example.com/keyfactor_mock-0.1.0-py3-none-manylinux_2_35_x86_64.whl
            steps:
              - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
                with:
                  persist-credentials: false

              - name: Install pytest and keyfactor-mock
                run: |
                  python3 -m venv "$RUNNER_TEMP/tests"
                  "$RUNNER_TEMP/tests/bin/pip" install pytest "$MOCK_WHEEL"

              - name: Test
                run: |
                  "$RUNNER_TEMP/tests/bin/keyfactor-mock" lint scenario.yaml
                  "$RUNNER_TEMP/tests/bin/python" -m pytest

        """
}
