"""Who is let in, and who may do what."""

import base64

import pytest

from support.session import session_of
from support.mock import ESTATE, DidNotStart, Mock, basic

OPS = r"{ name: 'EXAMPLE\ops', password: 'Pa55:w:ord' }"
PAGE = "Access is denied due to invalid credentials."


def access(mode, *users, clients="", more=""):
    return f"auth: {{ mode: {mode}, users: [ {', '.join(users)} ], clients: [ {clients} ] {more} }}\n" + ESTATE


@pytest.fixture(scope="module")
def basic_only(serve_module):
    return serve_module(access("basic", OPS, "{ name: bare, password: '' }"))


def status(server, authorization, path="/KeyfactorAPI/Status/Endpoints"):
    return server.ask("GET", path, headers={"Authorization": authorization} if authorization is not None else {}).status


LET_IN = [
    (basic("EXAMPLE\\ops", "Pa55:w:ord"), "DOMAIN\\user"), (basic("ops@EXAMPLE", "Pa55:w:ord"), "user@DOMAIN"),
    (basic("ops", "Pa55:w:ord"), "user alone"), (basic("example\\OPS", "Pa55:w:ord"), "names without regard to case"),
    (basic("EXAMPLE\\ops", "Pa55:w:ord").replace("Basic", "bAsIc"), "the scheme in any case"),
    (basic("EXAMPLE\\ops", "Pa55:w:ord").rstrip("="), "base64 without padding"), (basic("bare", ""), "an empty password"),
]
KEPT_OUT = [
    (None, "no credentials"), ("", "an empty header"), (basic("EXAMPLE\\ops", "Pa55"), "a password cut at its colon"),
    (basic("EXAMPLE\\ops", "pa55:w:ord"), "a password in another case"), (basic("OTHER\\ops", "Pa55:w:ord"), "another domain"),
    (basic("nobody", "Pa55:w:ord"), "an unknown user"), ("Basic", "a scheme alone"), ("Basic !!!!", "what is no base64"),
    ("Basic " + "b3Bz", "base64 without a colon"), ("Bearer abc", "a token where tokens do not count"), ("Negotiate abc", "another scheme"),
]


@pytest.mark.parametrize("authorization", [each for each, _ in LET_IN], ids=[reason for _, reason in LET_IN])
def test_a_user_is_let_in_with(basic_only, authorization):
    assert status(basic_only, authorization) == 200


@pytest.mark.parametrize("authorization", [each for each, _ in KEPT_OUT], ids=[reason for _, reason in KEPT_OUT])
def test_nobody_is_let_in_with(basic_only, authorization):
    assert status(basic_only, authorization) == 401


@pytest.mark.parametrize("pair", [b":", b"m\xfcller:x"], ids=["neither user nor password", "a user in Latin-1, as requests sends it"])
def test_mode_any_lets_every_well_formed_basic_credential_in(mock, pair):
    assert status(mock, "Basic " + base64.b64encode(pair).decode()) == 200


def test_a_permission_that_can_grant_nothing_is_a_mistake_of_the_scenario():
    with pytest.raises(DidNotStart):
        Mock(access("basic", granted("agents/management/read/"))).stop()


def test_a_401_comes_before_anything_else_is_looked_at(basic_only):
    for path in "/KeyfactorAPI/Nothing", "/KeyfactorAPI/Agents/x":
        assert status(basic_only, None, path) == 401
    assert basic_only.ask("POST", "/KeyfactorAPI/CertificateStores/Schedule", b"{").status == 401


BODIES = [("html", "text/html", PAGE), ("json", "application/json; charset=utf-8", '{"ErrorCode":"'), ("empty", None, "")]


@pytest.mark.parametrize("kind, content_type, text", BODIES, ids=[each[0] for each in BODIES])
def test_the_body_of_a_401_is_as_the_scenario_says(serve, kind, content_type, text):
    server = serve(f"fidelity: {{ unauthorizedBody: {kind} }}\n" + access("basic", OPS))
    reply = server.ask("GET", "/KeyfactorAPI/Agents")
    assert (reply.status, reply.reason, reply.header("Content-Type")) == (401, "Unauthorized", content_type)
    assert text in reply.body.decode() and (text or not reply.body)
    assert reply.header("X-Keyfactor-Correlation-Id")


@pytest.mark.parametrize("mode, schemes", [("basic", ["Basic"]), ("bearer", ["Bearer"]), ("both", ["Basic", "Bearer"])])
def test_a_401_names_the_schemes_that_count(serve, mode, schemes):
    reply = serve(access(mode, OPS)).ask("GET", "/KeyfactorAPI/Agents")
    assert [value.split()[0] for name, value in reply.headers if name == "WWW-Authenticate"] == schemes
    assert all('realm="' in value for name, value in reply.headers if value.startswith("Basic "))


@pytest.mark.parametrize("authorization, any_, none", [
    (None, 200, 200), (basic("who", "ever"), 200, 200), ("Bearer of-good-news", 200, 200), ("Basic !!!!", 401, 200), ("Negotiate abc", 401, 200)])
def test_modes_any_and_none_differ_in_headers_that_are_not_well_formed(serve, authorization, any_, none):
    assert (status(serve(access("any")), authorization), status(serve(access("none")), authorization)) == (any_, none)


def test_the_option_overrides_the_scenarios_mode(serve):
    assert status(serve(access("any"), "--auth-mode", "basic"), basic("who", "ever")) == 401


def test_no_secret_is_in_the_log(serve):
    server = serve(access("both", OPS, clients="{ id: ci, secret: hush-hush }"), "--log-level", "debug")
    status(server, basic("EXAMPLE\\ops", "Pa55:w:ord"))
    status(server, basic("EXAMPLE\\ops", "wr0ng-guess"))
    server.ask("POST", "/oauth2/token", "grant_type=client_credentials&client_id=ci&client_secret=hush-hush")
    status(server, "Bearer never-to-be-seen")
    assert "/KeyfactorAPI/Status/Endpoints 401" in server.errors
    for secret in "Pa55:w:ord", "wr0ng-guess", "hush-hush", "never-to-be-seen", basic("EXAMPLE\\ops", "Pa55:w:ord")[6:]:
        assert secret not in server.errors


def forbidden(reply, user):
    """A 403 as it was seen on the wire, its apostrophe escaped."""
    words = f'"Message":"User {user} doesn\\u0027t have the required permission"'.encode()
    assert reply.status == 403 and words in reply.body
    assert reply.json == {"ErrorCode": "0xA0140002", "Message": f"User {user} doesn't have the required permission"}
    return True


def granted(*permissions):
    listed = ", ".join(f'"{each}"' for each in permissions)
    return f"{{ name: ops, password: x, permissions: [ {listed} ] }}"


@pytest.fixture
def as_ops(serve):
    """A server whose only user has these permissions, and the ids of its estate."""

    def start(*permissions):
        server = serve(access("basic", granted(*permissions), "{ name: admin, password: x }"))
        server.headers["Authorization"] = basic("admin", "x")
        server.ids = {machine: server.store(machine) for machine in ("web-1", "web-2", "mail-1")}
        server.ids["agent"], server.ids["type"] = server.agent("uo-1"), server.job_type("NoFields")
        return server

    return start


def ask(server, method, path, body=None):
    return server.ask(method, "/KeyfactorAPI" + path, body, {"Authorization": basic("ops", "x")})


def schedule(server, *machines):
    body = {"StoreIds": [server.ids[each] for each in machines], "Schedule": {"Interval": {"Minutes": 77}}}
    return ask(server, "POST", "/CertificateStores/Schedule", body)


def job(server):
    return ask(server, "POST", "/OrchestratorJobs/Custom", {"AgentId": server.ids["agent"], "JobTypeName": "NoFields"})


def test_without_permissions_only_the_status_and_ones_own_rights_can_be_read(as_ops):
    server = as_ops()
    assert ask(server, "GET", "/Status/HealthCheck").status == 204
    assert ask(server, "GET", "/Status/Endpoints").json == [
        "GET /Status/Endpoints", "GET /Status/HealthCheck", "GET /Security/My", "GET /PermissionSets/My"]
    for path in "/Agents", f"/Agents/{server.ids['agent']}", "/JobTypes/Custom", "/CertificateStores", f"/CertificateStores/{server.ids['web-1']}":
        assert forbidden(ask(server, "GET", path), "ops")
    assert forbidden(schedule(server, "web-1"), "ops") and forbidden(job(server), "ops")
    assert server.schedule_of(server.ids["web-1"]) is None


def test_each_operation_needs_its_own_permission(as_ops):
    server = as_ops("/agents/management/read/")
    assert ask(server, "GET", "/Agents").status == ask(server, "GET", "/JobTypes/Custom").status == 200
    assert forbidden(job(server), "ops") and forbidden(ask(server, "GET", "/CertificateStores"), "ops")
    server = as_ops("/agents/management/modify/", "/certificate_stores/schedule/")
    assert job(server).status == 200 and schedule(server, "web-1", "web-2", "mail-1").status == 204
    assert forbidden(ask(server, "GET", "/Agents"), "ops")


@pytest.mark.parametrize("permission", ["*", "/", "/certificate_stores/", "/certificate_stores/schedule"])
def test_a_permission_grants_what_lies_below_it(as_ops, permission):
    assert schedule(as_ops(permission), "web-1", "web-2").status == 204


def test_a_permission_for_one_container_schedules_its_stores_and_no_others(as_ops):
    server = as_ops("/certificate_stores/schedule/3/")
    assert schedule(server, "web-2").status == 204
    assert server.schedule_of(server.ids["web-2"]) == {"Interval": {"Minutes": 77}}
    for machine in "mail-1", "web-1":
        assert forbidden(schedule(server, machine), "ops")
        assert server.schedule_of(server.ids[machine]) is None


def test_one_store_out_of_reach_refuses_the_whole_request(as_ops):
    server = as_ops("/certificate_stores/schedule/3/")
    assert forbidden(schedule(server, "web-2", "mail-1"), "ops") and forbidden(schedule(server, "web-1", "web-2"), "ops")
    assert [server.schedule_of(server.ids[each]) for each in ("web-1", "web-2", "mail-1")] == [None] * 3


def test_a_container_numbered_33_is_not_container_3(as_ops):
    assert forbidden(schedule(as_ops("/certificate_stores/schedule/33/"), "web-2"), "ops")


def test_a_list_shows_only_the_containers_that_the_caller_may_read(as_ops):
    server = as_ops("/certificate_stores/read/4/")
    reply = ask(server, "GET", "/CertificateStores")
    assert [each["ClientMachine"] for each in reply.json] == ["mail-1"] and reply.header("X-Total-Count") == "1"
    assert ask(server, "GET", "/CertificateStores/" + server.ids["mail-1"]).status == 200
    assert forbidden(ask(server, "GET", "/CertificateStores/" + server.ids["web-2"]), "ops")


def test_what_was_missing_is_reported_beside_the_vendors_body(as_ops):
    assert "/certificate_stores/schedule/3/" in schedule(as_ops("/certificate_stores/schedule/4/"), "web-2").header("X-Mock-Why")


def test_in_mode_any_a_user_of_the_scenario_keeps_its_permissions(serve):
    command = session_of(serve(access("any", granted("/agents/management/read/"))))
    assert command.get("/CertificateStores", auth=("ops", "whatever")).status_code == 403
    assert command.get("/CertificateStores", auth=("somebody", "else")).status_code == 200
