"""Lists: pages, totals, order, and what is refused."""

import pytest

from support.session import session_of
from support.mock import ESTATE


def test_pages_hold_fifty_rows_unless_told_otherwise_and_end_with_an_empty_one(command):
    sizes = []
    for page in range(1, 6):
        reply = command.get("/CertificateStores", params={"PageReturned": page})
        assert (reply.status_code, reply.headers["X-Total-Count"]) == (200, "125")
        sizes.append(len(reply.json()))
    assert sizes == [50, 50, 25, 0, 0]


def test_pages_neither_repeat_nor_leave_out_a_row(command):
    ids = []
    for page in range(1, 20):
        ids += [each["Id"] for each in command.get("/CertificateStores", params={"PageReturned": page, "ReturnLimit": 7}).json()]
    assert len(ids) == len(set(ids)) == 125


def test_the_total_counts_matches_not_the_page(command):
    reply = command.get("/CertificateStores", params={"ReturnLimit": 1, "QueryString": 'ClientMachine -eq "shelf-1"'})
    assert (len(reply.json()), reply.headers["X-Total-Count"]) == (1, "120")


@pytest.mark.parametrize("order, expected", [
    (None, ["uo-1", "uo-2", "uo-3", "uo-4"]), ("0", ["uo-1", "uo-2", "uo-3", "uo-4"]), ("1", ["uo-4", "uo-3", "uo-2", "uo-1"])],
    ids=["as it is by itself", "0 is ascending", "1 is descending"])
def test_a_list_is_in_the_order_asked_for(command, order, expected):
    reply = command.get("/Agents", params={"SortField": "clientmachine", "SortAscending": order})
    assert [each["ClientMachine"] for each in reply.json()] == expected


def test_agents_come_by_id_and_stores_by_machine_unless_told_otherwise(command):
    agents = [each["AgentId"] for each in command.get("/Agents").json()]
    machines = [each["ClientMachine"] for each in command.get("/CertificateStores", params={"ReturnLimit": 200}).json()]
    assert agents == sorted(agents) and machines == sorted(machines)


WRONG = [
    ({"PageReturned": 0}, "PageReturned"), ({"PageReturned": -1}, "PageReturned"), ({"PageReturned": "two"}, "PageReturned"),
    ({"ReturnLimit": 0}, "ReturnLimit"), ({"ReturnLimit": "99999999999"}, "ReturnLimit"), ({"SortAscending": "2"}, "SortAscending"),
    ({"QueryString": "Machine -eq 1"}, "QueryString"), ({"QueryString": "Status -contains 1"}, "QueryString"),
    ({"QueryString": '(ClientMachine -eq "x"'}, "QueryString"), ({"QueryString": "()"}, "QueryString"),
    ({"QueryString": "Status -eq two"}, "QueryString"), ({"QueryString": 'ClientMachine -eq "x'}, "QueryString"),
]


@pytest.mark.parametrize("query, parameter", WRONG, ids=[str(query) for query, _ in WRONG])
def test_a_wrong_parameter_is_refused_by_its_name(command, query, parameter):
    reply = command.get("/Agents", params=query)
    assert reply.status_code == 400 and reply.json()["Message"].startswith(parameter + ": ")


SORTABLE = ["AgentId", "ClientMachine", "Username", "AgentPlatform", "Version", "Status", "LastSeen"]
ALSO = ["Blueprint", "Thumbprint", "LegacyThumbprint", "AuthCertificateReenrollment", "LastThumbprintUsed", "LastErrorCode", "LastErrorMessage"]


@pytest.mark.parametrize("field", SORTABLE + ALSO)
def test_agents_are_sorted_by_each_scalar_member(command, field):
    assert len(command.get("/Agents", params={"SortField": field}).json()) == 4


STORES = ["Id", "ContainerId", "DisplayName", "ClientMachine", "Storepath", "CertStoreType", "Approved", "AgentId", "ContainerName"]
ALSO_STORES = ["CertStoreInventoryJobId", "CreateIfMissing", "Properties", "AgentAssigned", "SetNewPasswordAllowed"]


@pytest.mark.parametrize("field", STORES + ALSO_STORES)
def test_stores_are_sorted_by_each_scalar_member(command, field):
    assert len(command.get("/CertificateStores", params={"SortField": field}).json()) == 50


ABOUT_STORES = [
    "AddSupported -eq true", "AgentAvailable -eq true", "AgentId -ne NULL", "Approved -eq true", "Category -eq 2", 'ClientMachine -contains "w"',
    'Container -eq "x"', "ContainerId -eq 3", "HasInventoryScheduled -eq false", "RemoveSupported -eq true", 'StorePath -startswith "/"',
    "PrivateKeyAllowed -eq 2", "CertificateId -eq 5"]


@pytest.mark.parametrize("expression", ABOUT_STORES)
def test_stores_are_filtered_by_each_documented_field(command, expression):
    assert command.get("/CertificateStores", params={"QueryString": expression}).status_code == 200


def test_a_page_number_beyond_all_rows_does_no_harm(command):
    assert command.get("/CertificateStores", params={"PageReturned": 2**31 - 1, "ReturnLimit": 1_000_000}).json() == []


def test_a_server_can_ignore_the_page_to_find_clients_that_never_stop(serve):
    command = session_of(serve("clock: { mode: frozen }\nfidelity: { paging: ignorePage }" + ESTATE))
    first, last = (command.get("/Agents", params={"PageReturned": page}).json() for page in (1, 1000))
    assert first == last and len(first) == 4


def test_the_large_estate_has_ten_thousand_stores_and_two_hundred_agents(serve):
    command = session_of(serve("estate: { from: large }"))
    assert command.get("/CertificateStores?PageReturned=200").headers["X-Total-Count"] == "10000"
    assert len(command.get("/CertificateStores?PageReturned=200").json()) == 50
    assert command.get("/Agents?ReturnLimit=1").headers["X-Total-Count"] == "200"


def test_the_empty_estate_is_empty(serve):
    command = session_of(serve("estate: { from: empty }"))
    for path in "/Agents", "/CertificateStores", "/JobTypes/Custom":
        reply = command.get(path)
        assert (reply.json(), reply.headers["X-Total-Count"]) == ([], "0")


def test_the_same_seed_gives_the_same_ids_and_another_gives_others(serve):
    first, same, other = (serve("", "--seed", seed) for seed in ("7", "7", "8"))
    assert first.store("web-1") == same.store("web-1") != other.store("web-1")
