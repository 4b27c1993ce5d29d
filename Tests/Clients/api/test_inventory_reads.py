"""Jobs move on while clients look elsewhere than at the history, as Terraform at inventories; and what a wrong method may have been."""

import json
import subprocess

import pytest

from support.mock import PATIENCE, talk

ESTATE = """
estate:
  from: small
  containers: [ { id: 3, name: Web servers }, { id: 4, name: Mail servers } ]
  storeTypes: [ { shortName: Enr, number: 110, supports: [ add, remove, enrollment ] } ]
  agents: [ { machine: uo-9, capabilities: [ PEM, Enr ] } ]
  certificateStores:
    - { machine: two-1, path: /two.pem, agent: uo-1, container: Web servers }
    - { machine: enr-1, path: /enr.pem, agent: uo-9, type: Enr, container: Mail servers }
    - { machine: many-1, path: /many.pem, agent: uo-1, count: 3 }
"""


@pytest.fixture
def server(serve):
    return serve(ESTATE)


def add(server, store, alias="new", certificate=12):
    body = {"CertificateId": certificate, "CertificateStores": [{"CertificateStoreId": store, "Alias": alias}], "Schedule": {"Immediate": True}}
    reply = server.ask("POST", "/KeyfactorAPI/CertificateStores/Certificates/Add", body)
    assert reply.status == 200, reply
    return reply.json[0]


def names(server, store, query=""):
    return [each["Name"] for each in server.get(f"/CertificateStores/{store}/Inventory{query}")]


def state(server, job):
    return next((each["state"] for each in server.ask("GET", "/_mock/jobs").json if each["id"] == job), "gone")


@pytest.mark.parametrize("query", ["", "?query.pageReturned=1", "?query.pageReturned=2", "?returnLimit=1", "?SortField=Name"])
def test_the_first_look_finds_the_job_in_process_and_the_second_the_certificate(server, query):
    store = server.store("web-1")
    add(server, store)
    assert names(server, store, query) == [] and names(server, store) == ["new"]


def test_jobs_on_other_stores_stay_where_they_are(server):
    first, second = server.store("web-1"), server.store("two-1")
    add(server, first), add(server, second)
    for _ in range(3):
        names(server, first)
    assert names(server, second) == []
    assert names(server, second) == ["new"]


def test_several_jobs_on_one_store_move_on_together_in_their_order(server):
    store = server.store("web-1")
    for alias in "abc":
        add(server, store, alias)
    assert names(server, store) == [] and names(server, store) == ["a", "b", "c"]


def test_a_reenrollment_is_over_too(server):
    store = server.store("enr-1")
    reply = server.ask("POST", "/KeyfactorAPI/CertificateStores/Reenrollment", {
        "KeystoreId": store, "SubjectName": "CN=enr", "AgentGuid": server.agent("uo-9"), "Alias": "enr"})
    assert reply.status in (200, 204), reply
    assert names(server, store) == [] and names(server, store) == ["enr"]


def test_an_immediate_inventory_is_over_and_its_schedule_gone(server):
    store = server.store("web-1")
    server.ask("POST", "/KeyfactorAPI/CertificateStores/Schedule", {"StoreIds": [store], "Schedule": {"Immediate": True}})
    assert server.schedule_of(store) == {"Immediate": True}
    names(server, store)
    assert server.schedule_of(store) is None


@pytest.mark.parametrize("steps, looks", [
    ("{ state: InProcess, reads: 3 }, { state: Completed }", 4), ("{ state: absent, reads: 2 }, { state: Completed }", 3),
    ("{ state: absent }, { state: InProcess }, { state: Completed }", 3),
    ("{ state: CompletedWillRetry }, { state: InProcess, reads: 2 }, { state: Completed }", 4), ("{ state: Completed }", 1)])
def test_scripts_count_looks_at_the_inventory(serve, steps, looks):
    server = serve(ESTATE + f"progress: [ {{ steps: [ {steps} ] }} ]")
    store = server.store("web-1")
    add(server, store)
    found = next(look for look in range(1, 20) if names(server, store) == ["new"])
    assert found == looks


@pytest.mark.parametrize("steps", ["{ state: InProcess, until: told }", "{ state: InProcess, for: 1h }"])
def test_steps_that_do_not_count_reads_are_left_alone(serve, steps):
    server = serve("clock: { mode: frozen }\n" + ESTATE + f"progress: [ {{ steps: [ {steps} ] }} ]")
    store = server.store("web-1")
    add(server, store)
    assert [names(server, store) for _ in range(5)] == [[]] * 5


def test_one_look_elsewhere_moves_nothing(server):
    store = server.store("web-1")
    job = add(server, store)
    for path in (f"/CertificateStores/{store}", "/CertificateStores", "/Agents", "/Certificates", "/Certificates/12", "/Certificates/Locations/12",
                 "/OrchestratorJobs/ScheduledJobs", "/OrchestratorJobs/ScheduledJobs?QueryString=JobId%20-eq%20%2200000000-0000-0000-0000-000000000001%22"):
        server.get(path)
    assert state(server, job) == "InProcess"
    server.ask("GET", "/KeyfactorAPI/CertificateStores/00000000-0000-0000-0000-000000000001/Inventory")
    assert server.ask("GET", f"/KeyfactorAPI/CertificateStores/{store}/Inventory?ReturnLimit=0").status == 400
    assert server.ask("GET", "/KeyfactorAPI/OrchestratorJobs/ScheduledJobs?ReturnLimit=0").status == 400
    assert state(server, job) == "InProcess"


def polls(server, path, is_over, most=20):
    """How many looks at one page it takes until it shows that the job is over."""
    for look in range(1, most + 1):
        if is_over(server.get(path)):
            return look
    raise AssertionError(f"{path} shows no change after {most} looks")


@pytest.mark.parametrize("query", ["", "?ReturnLimit=1", "?QueryString=AgentId%20-eq%20%22{agent}%22", "?QueryString=JobId%20-eq%20%22{job}%22",
                                   "?QueryString=JobType%20-eq%20%22Management%22"])
def test_a_client_that_waits_until_its_job_is_no_longer_scheduled_is_done(server, query):
    job = add(server, server.store("web-1"))
    path = "/OrchestratorJobs/ScheduledJobs" + query.format(job=job, agent=server.agent("uo-1"))
    assert polls(server, path, lambda jobs: not jobs) == 6


@pytest.mark.parametrize("path", [
    "/Certificates/Locations/12", "/Certificates/12?includeLocations=true", "/Certificates?includeLocations=true&ReturnLimit=1",
    "/Certificates?includeLocations=True&QueryString=CertId%20-eq%2012"])
def test_a_client_that_looks_where_a_certificate_lies_finds_it_and_finds_it_gone(server, path):
    store = server.store("web-1")
    assert names(server, store) == []
    places = lambda: json.dumps(server.get("/Certificates/Locations/12"))
    add(server, store)
    for _ in range(5):
        server.get(path)
    assert names(server, store) == ["new"], "the looks moved the job on"
    body = {"Alias": "new", "CertificateStores": [{"CertificateStoreId": store, "Alias": "new"}], "Schedule": {"Immediate": True}}
    assert server.ask("POST", "/KeyfactorAPI/CertificateStores/Certificates/Remove", body).status == 200
    for _ in range(5):
        assert store in places()
    assert store not in places()


@pytest.mark.parametrize("path", ["/CertificateStores/{}", "/CertificateStores", "/CertificateStores?QueryString=Id%20-eq%20%22{}%22",
                                  "/CertificateStores?QueryString=ClientMachine%20-eq%20%22web-1%22&ReturnLimit=1"])
def test_a_client_that_waits_until_a_stores_inventory_is_over_is_done(server, path):
    store = server.store("web-1")
    server.ask("POST", "/KeyfactorAPI/CertificateStores/Schedule", {"StoreIds": [store], "Schedule": {"Immediate": True}})
    schedule = lambda found: next(each for each in (found if isinstance(found, list) else [found]) if each["Id"] == store)["InventorySchedule"]
    assert polls(server, path.format(store), lambda found: schedule(found) is None) == 6


@pytest.mark.parametrize("path", ["/CertificateStores?QueryString=ClientMachine%20-ne%20%22web-1%22", "/CertificateStores?ReturnLimit=1",
                                  "/OrchestratorJobs/ScheduledJobs?QueryString=JobType%20-eq%20%22Inventory%22"])
def test_a_list_that_does_not_show_a_job_or_its_store_is_no_look_at_it(server, path):
    """What is not shown is not looked for either, so that a list costs no more beside many jobs."""
    job = add(server, server.store("web-1"))
    for _ in range(20):
        server.get(path)
    assert state(server, job) == "InProcess"


def test_a_list_of_certificates_shows_what_a_reenrollment_brought(server):
    server.ask("POST", "/KeyfactorAPI/CertificateStores/Reenrollment", {
        "KeystoreId": server.store("enr-1"), "SubjectName": "CN=brought", "AgentGuid": server.agent("uo-9"), "Alias": "enr"})
    assert polls(server, "/Certificates?QueryString=IssuedCN%20-eq%20%22brought%22", lambda found: len(found) == 1) == 6


def test_what_a_job_leaves_can_be_waited_for(serve):
    server = serve(ESTATE + "progress: [ { steps: [ { state: InProcess, reads: 3 }, { state: Completed, data: all of it } ] } ]")
    add(server, server.store("web-1"))
    attempt = server.get("/OrchestratorJobs/JobHistory")[0]["JobHistoryId"]
    assert polls(server, f"/OrchestratorJobs/JobStatus/Data?jobHistoryId={attempt}", lambda found: found["Data"] == "all of it") == 11


def test_scheduled_jobs_are_read_by_those_who_may(serve):
    from support.mock import basic
    server = serve(ESTATE + "auth: { mode: basic, users: [ { name: all, password: p }, { name: none, password: p, permissions: [] } ] }")
    server.headers.update({"Authorization": basic("all", "p")})
    job = add(server, server.store("web-1"))
    for path in ["/OrchestratorJobs/ScheduledJobs", "/Certificates/Locations/12"] * 6:
        assert server.ask("GET", "/KeyfactorAPI" + path, headers={"Authorization": basic("none", "p")}).status == 403
    assert state(server, job) == "InProcess"


def test_all_inventories_count_for_the_stores_that_the_caller_may_read(serve):
    server = serve(ESTATE + """
auth:
  mode: basic
  users:
    - { name: all, password: p }
    - { name: mail, password: p, permissions: [ /certificate_stores/read/4/ ] }
""")
    from support.mock import basic
    everybody, mail = ({"Authorization": basic(name, "p")} for name in ("all", "mail"))
    server.headers.update(everybody)
    store = server.store("two-1")
    add(server, store)
    for _ in range(3):
        assert server.ask("GET", "/KeyfactorAPI/CertificateStores/Inventory", headers=mail).json == []
    seen = [server.get("/CertificateStores/Inventory") for _ in range(2)]
    assert [len(each) for each in seen] == [0, 1] and seen[1][0]["CertStoreId"] == store


@pytest.mark.parametrize("path", [
    "/Agents", "/OrchestratorJobs/JobHistory?pq.queryString=JobType%20-contains%20%22x%22", "/Status/Endpoints",
    "/CertificateStores/4b70ab57-6d27-4ae5-8d23-3b2a4b0b1b7d", "/CertificateStores/4b70ab57-6d27-4ae5-8d23-3b2a4b0b1b7d/Inventory",
    "/OrchestratorJobs/JobStatus/Data?jobHistoryId=3"])
def test_a_get_that_curl_made_a_post_is_guessed(mock, path):
    command = ["curl", "-sS", "-i", "-H", "x-keyfactor-requested-with: APIClient", "-H", "Content-Type: application/json", "--data", ""]
    shown = subprocess.run([*command, mock.api + path], capture_output=True, text=True, timeout=PATIENCE).stdout
    assert shown.startswith("HTTP/1.1 405")
    why = next(line for line in shown.splitlines() if line.startswith("X-Mock-Why"))
    assert "this path has" in why and "GET" in why and "the body is empty: curl's --data '' makes a GET a POST" in why
    shown = subprocess.run([*command, "--get", mock.api + path], capture_output=True, text=True, timeout=PATIENCE).stdout
    assert not shown.startswith("HTTP/1.1 405") and "makes a GET a POST" not in shown


@pytest.mark.parametrize("path", [
    "/OrchestratorJobs/Custom", "/OrchestratorJobs/Custom/Bulk", "/CertificateStores/Certificates/Add", "/OrchestratorJobs/Reschedule",
    "/CertificateStores/Reenrollment/"])
def test_a_post_that_was_sent_as_a_get_is_guessed(mock, path):
    guess = "this GET has a body: curl's --request GET keeps --data from making it a POST"
    for body, guessed in (json.dumps({"a": 1}), True), ("[]", True), ("null", False), ("", False):
        text = (f"GET /KeyfactorAPI{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}")
        reply = talk(mock, text.encode())
        assert reply.status == 405 and (guess in (reply.header("X-Mock-Why") or "")) == guessed, (body, reply)


@pytest.mark.parametrize("method, path, body", [
    ("POST", "/Agents", "{}"), ("POST", "/Agnts", ""), ("DELETE", "/Agents/Approve", ""), ("PUT", "/Agents", ""), ("GET", "/Agent/Approve", "[1]")])
def test_no_guess_is_made_where_nothing_speaks_for_it(mock, method, path, body):
    reply = mock.ask(method, "/KeyfactorAPI" + path, body)
    assert reply.status in (404, 405) and "curl" not in (reply.header("X-Mock-Why") or "")
