"""Collections of requests for all operations: each request of one meets an operation, and an id that there is."""

import json
import re
import subprocess
from collections import namedtuple

import pytest

from support.mock import BINARY, PATIENCE, RELEASES

Sent = namedtuple("Sent", "name method url headers body")
GENERATE = {"Subject": "CN=shop.example.com", "KeyType": "RSA", "KeyLength": 2048}
# One of everything that the small estate has none of. A key pair that waits for its certificate is made by a request.
SCENARIO = """
auth: { mode: basic, users: [ { name: ops, password: s3cret } ] }
estate:
  containers: [ { name: Web servers } ]
  pamProviders: [ { name: Vault, type: Command Secret Provider } ]
  claims: [ { type: OAuthSubject, value: ci, scheme: Idp } ]
  jobs: [ { agent: uo-1, jobType: SampleCustomJobType, fields: { ParamInt: "1" } } ]
  healthRecipients: [ { email: ops@example.com } ]
  thresholdRecipients: [ { email: ops@example.com } ]
"""


def printed(*options):
    return subprocess.run([BINARY, "operations", *options], capture_output=True, text=True, timeout=PATIENCE, check=True).stdout


def of_http(text):
    """The requests of a .http file, its variables filled in."""
    head, *parts = re.split(r"^### ", text, flags=re.MULTILINE)
    variables = dict(re.findall(r"^@(\w+) = (.+)$", head, re.MULTILINE))
    assert all(line.startswith(("# ", "@")) for line in head.splitlines() if line)
    for part in parts:
        filled = re.sub(r"\{\{(\w+)\}\}", lambda match: variables[match[1]], part)
        name, request, *rest = filled.rstrip("\n").split("\n")
        fields, _, body = "\n".join(rest).partition("\n\n")
        method, url = request.split(" ")
        yield Sent(name, method, url, dict(line.split(": ", 1) for line in fields.splitlines() if line), body or None)


def of_postman(text):
    """The requests of a collection, its variables filled in."""
    collection = json.loads(text)
    assert collection["info"]["schema"].endswith("/v2.1.0/collection.json")
    variables = {each["key"]: each["value"] for each in collection["variable"]}
    for folder in collection["item"]:
        for item in folder["item"]:
            request = item["request"]
            url = re.sub(r"\{\{(\w+)\}\}", lambda match: variables[match[1]], request["url"])
            assert request.get("body", {"mode": "raw"})["mode"] == "raw"
            headers = {each["key"]: each["value"] for each in request["header"]}
            yield Sent(item["name"], request["method"], url, headers, request.get("body", {}).get("raw"))


READERS = {"http": of_http, "postman": of_postman}


@pytest.mark.parametrize("form", READERS)
@pytest.mark.parametrize("release", RELEASES)
def test_every_request_meets_an_operation_and_what_it_names(form, release, serve, tmp_path):
    scenario = f'product: "{release}"\n' + SCENARIO
    (tmp_path / "my.yaml").write_text(scenario)
    server = serve(scenario, "--auth-mode", "none")
    requests = list(READERS[form](printed("--format", form, "--scenario", str(tmp_path / "my.yaml"), "--url", server.http)))
    names = set(printed().splitlines())
    assert len(requests) > 70 and {each.name for each in requests} <= names
    if release == "25.4":
        served = server.ask("GET", "/_mock/openapi.json").json["paths"]
        assert {each.name for each in requests} == {f"{method.upper()} {path}" for path, kinds in served.items() for method in kinds}
    wrong = {}
    for sent in requests:
        assert sent.body is None or json.loads(sent.body) is not None
        server.ask("POST", "/_mock/reset")
        server.ask("POST", "/_mock/clock/advance", {"by": "1h"})
        assert server.ask("POST", "/KeyfactorAPI/CSRGeneration/Generate", GENERATE).status == 200
        reply = server.ask(sent.method, sent.url.removeprefix(server.http), sent.body, sent.headers)
        if reply.status in (404, 405, 501) or reply.status >= 500:
            wrong[sent.name] = (reply.status, reply.body[:150], sent.url, sent.body)
        # Those with which the README begins do what they are for.
        if sent.name in ("POST /CertificateStores/Schedule", "POST /OrchestratorJobs/Custom"):
            assert reply.status in (200, 204), (sent, reply)
    assert not wrong, "\n".join(f"{name}: {each}" for name, each in wrong.items())


def test_without_a_scenario_a_collection_is_of_the_small_estate(mock):
    requests = {each.name: each for each in of_http(printed("--format", "http"))}
    assert requests["GET /CertificateStores/{id}"].url == "http://localhost:8080/KeyfactorAPI/CertificateStores/2162f005-083e-4995-9519-60b656b06a45"
    assert requests["POST /OrchestratorJobs/Custom"].headers == {"x-keyfactor-requested-with": "APIClient", "Content-Type": "application/json"}
    assert requests.keys() == {each.name for each in of_postman(printed("--format", "postman"))}


@pytest.mark.parametrize(
    "options, code, said",
    [
        (["--format", "bruno"], 64, "'bruno' is invalid"), (["--url", "localhost"], 64, "--url: expected an address such as"),
        (["--format", "http", "--scenario", "none.yaml"], 64, "Cannot read 'none.yaml'"),
        (["--format", "http", "--scenario", "{estat: 1}"], 65, "did you mean 'estate'?"),
    ],
)
def test_bad_usage_is_a_sentence(options, code, said):
    ended = subprocess.run([BINARY, "operations", *options], capture_output=True, text=True, timeout=PATIENCE)
    assert (ended.returncode, ended.stdout) == (code, "") and said in ended.stderr
