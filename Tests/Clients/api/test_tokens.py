"""The token endpoint: OAuth 2 client credentials as RFC 6749 has them, and tokens that the server then checks."""

import base64
import json
import time

import pytest
from requests.auth import HTTPBasicAuth

from support.session import session_of
from support.mock import ESTATE

SCENARIO = """
auth:
  mode: both
  users: [ { name: ops, password: x } ]
  clients:
    - { id: ci, secret: 's3cr:t&=+ %' }
    - { id: reader, secret: y, permissions: [ /agents/management/read/ ] }
""" + ESTATE
GRANT = {"grant_type": "client_credentials"}
SECRET = {"client_id": "ci", "client_secret": "s3cr:t&=+ %"}
ENCODED = HTTPBasicAuth("ci", "s3cr%3At%26%3D%2B+%25")


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(SCENARIO)


def ask(server, form, **more):
    with session_of(server) as session:
        return session.post(server.https + "/oauth2/token", data=form, **more)


def agents(server, token):
    with session_of(server, Authorization="Bearer " + token) as session:
        return session.get("/Agents").status_code


def test_a_client_gets_a_token_with_its_secret_in_the_form(server):
    reply = ask(server, {**GRANT, **SECRET})
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "application/json")
    assert reply.headers["Cache-Control"] == "no-store"
    token = reply.json()
    assert list(token) == ["access_token", "token_type", "expires_in"]
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 3600)
    assert agents(server, token["access_token"]) == 200


def test_a_client_gets_a_token_with_basic_credentials_form_encoded_as_the_rfc_says(server):
    reply = ask(server, GRANT, auth=ENCODED)
    assert reply.status_code == 200 and agents(server, reply.json()["access_token"]) == 200


def test_a_client_id_beside_basic_credentials_does_no_harm(server):
    assert ask(server, {**GRANT, "client_id": "ci"}, auth=ENCODED).status_code == 200


def test_scope_and_audience_are_taken_and_the_scope_is_repeated(server):
    token = ask(server, {**GRANT, **SECRET, "scope": "openid command", "audience": "keyfactor"}).json()
    assert token["scope"] == "openid command" and token["token_type"] == "Bearer"


def test_each_request_gives_a_token_of_its_own_and_all_of_them_count(server):
    tokens = [ask(server, {**GRANT, **SECRET}).json()["access_token"] for _ in range(3)]
    assert len(set(tokens)) == 3 and [agents(server, each) for each in tokens] == [200] * 3


def test_tokens_are_given_over_http_too(server):
    assert server.ask("POST", "/oauth2/token", "grant_type=client_credentials&client_id=reader&client_secret=y").status == 200


WRONG = [
    ({**SECRET}, None, 400, "invalid_request", "no grant"),
    ({"grant_type": "password", **SECRET}, None, 400, "unsupported_grant_type", "another grant"),
    ({**GRANT, **SECRET, "client_secret": "wrong"}, None, 401, "invalid_client", "a wrong secret"),
    ({**GRANT, **SECRET, "client_id": "CI"}, None, 401, "invalid_client", "an id in another case"),
    ({**GRANT, "client_id": "ci"}, None, 401, "invalid_client", "no secret"),
    (GRANT, None, 401, "invalid_client", "no client"),
    (GRANT, HTTPBasicAuth("ci", "wrong"), 401, "invalid_client", "a wrong secret in the header"),
    ({**GRANT, **SECRET}, ENCODED, 400, "invalid_request", "both ways at once"),
    ([("grant_type", "client_credentials")] * 2 + list(SECRET.items()), None, 400, "invalid_request", "a parameter twice"),
    ("grant_type=client_credentials&client_id=%zz", None, 400, "invalid_request", "a form that is not encoded"),
    ("", None, 400, "invalid_request", "an empty form"),
    ('{"grant_type":"client_credentials"}', None, 400, "invalid_request", "JSON instead of a form"),
]


@pytest.mark.parametrize("form, auth, status, error", [each[:4] for each in WRONG], ids=[each[4] for each in WRONG])
def test_no_token_is_given_for(server, form, auth, status, error):
    reply = ask(server, form, auth=auth)
    assert (reply.status_code, reply.json()["error"]) == (status, error)
    assert reply.json()["error_description"] and reply.headers["Cache-Control"] == "no-store"


def test_a_client_that_used_the_header_is_told_the_scheme(server):
    assert ask(server, GRANT, auth=HTTPBasicAuth("ci", "wrong")).headers["WWW-Authenticate"].startswith("Basic realm=")


def test_the_token_endpoint_takes_post_alone(server):
    reply = server.ask("GET", "/oauth2/token")
    assert (reply.status, reply.header("Allow")) == (405, "POST")


@pytest.mark.parametrize("token", ["made-up", "kfm-00000000-0000-0000-0000-000000000000-00000000-0000-0000-0000-000000000000"])
def test_a_token_that_was_never_given_out_is_refused(server, token):
    assert agents(server, token) == 401


def test_a_client_has_the_permissions_of_the_scenario_and_is_named_in_refusals(server):
    token = ask(server, {**GRANT, "client_id": "reader", "client_secret": "y"}).json()["access_token"]
    assert agents(server, token) == 200
    with session_of(server, Authorization="Bearer " + token) as session:
        reply = session.get("/CertificateStores")
    assert reply.status_code == 403 and reply.json()["Message"].startswith("User reader doesn't")


def test_where_only_basic_counts_a_token_does_not(serve):
    server = serve(SCENARIO, "--auth-mode", "basic")
    assert agents(server, "any") == 401


def test_where_everybody_is_let_in_everybody_gets_a_token(mock):
    token = ask(mock, {**GRANT, "client_id": "who", "client_secret": "ever"}).json()["access_token"]
    assert agents(mock, token) == 200


def test_a_token_expires(serve):
    server = serve(SCENARIO.replace("mode: both", "mode: both\n  tokens: { expiresIn: 1s }"))
    token = ask(server, {**GRANT, **SECRET}).json()
    assert token["expires_in"] == 1 and agents(server, token["access_token"]) == 200
    end = time.monotonic() + 1.1
    while time.monotonic() < end and agents(server, token["access_token"]) == 200:
        time.sleep(0.05)
    time.sleep(max(0, end - time.monotonic()))
    assert agents(server, token["access_token"]) == 401


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("secret", ["pässword", "ñ", "£100", "naïve café", "plain"])
def test_a_secret_in_a_header_is_taken_in_both_encodings(serve, encoding, secret):
    server = serve(json.dumps({"auth": {"mode": "bearer", "clients": [{"id": "ci", "secret": secret}]}}, ensure_ascii=False))
    for said, status in ((secret, 200), (secret + "x", 401)):
        given = base64.b64encode(f"ci:{said}".encode(encoding)).decode()
        headers = {"Authorization": "Basic " + given, "Content-Type": "application/x-www-form-urlencoded"}
        assert server.ask("POST", "/oauth2/token", "grant_type=client_credentials", headers).status == status
