"""What unmodified Go clients and scripts met: methods in any case, words of refusals, types that stay, encodings of passwords."""

import base64
import json

import pytest

from support.mock import talk

HEADERS = {"x-keyfactor-requested-with": "APIClient", "Content-Type": "application/json"}


@pytest.mark.parametrize("spelt, status", [("Put", 200), ("put", 200), ("pUT", 200), ("PUT", 200), ("Puts", 405), ("Patch", 405)])
def test_methods_below_a_base_path_are_compared_without_case(serve_module, spelt, status):
    """As go-client spells Put in every update of a store."""
    if not hasattr(serve_module, "go"):
        serve_module.go = serve_module("")
    mock = serve_module.go
    store = mock.ask("GET", "/KeyfactorAPI/CertificateStores").json[0]
    body = json.dumps(store).encode()
    head = f"{spelt} /KeyfactorAPI/CertificateStores HTTP/1.1\r\nHost: localhost\r\nx-keyfactor-requested-with: APIClient\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    assert talk(mock, head.encode() + body).status == status
    entries = [entry for entry in mock.ask("GET", "/_mock/journal").json["exchanges"] if entry["operation"] == "PUT /CertificateStores"]
    if status == 200:
        assert all(entry["method"] == "PUT" for entry in entries)
        assert (None if spelt == "PUT" else spelt) in [entry.get("methodAsSent") for entry in entries]


@pytest.mark.parametrize("name, short_name", [("Other", "PEM"), ("Other", "pem"), ("PEM File", "OTHER"), ("pem file", "X"), ("PEM FILE", "pem")])
def test_a_taken_name_of_a_store_type_is_refused_in_the_vendors_words(mock, name, short_name):
    reply = mock.ask("POST", "/KeyfactorAPI/CertificateStoreTypes", {"Name": name, "ShortName": short_name, "Capability": "x"})
    assert reply.status == 400
    assert reply.json["Message"] == f"Certificate Store Type with either short name  '{short_name}' or name '{name}' already exists."


@pytest.mark.parametrize("short_name", ["F5-CA-REST", "F5-WS-REST", "F5-SL-REST", "F5", "IIS", "JKS", "NS", "PEM"])
def test_a_built_in_store_type_stays(serve_module, short_name):
    if not hasattr(serve_module, "types"):
        serve_module.types = serve_module("estate: { from: empty }")
    mock = serve_module.types
    number = mock.ask("GET", f"/KeyfactorAPI/CertificateStoreTypes/Name/{short_name}").json[0]["StoreType"]
    reply = mock.ask("DELETE", f"/KeyfactorAPI/CertificateStoreTypes/{number}")
    assert reply.status == 400 and "built in" in reply.json["Message"]
    assert mock.ask("DELETE", "/KeyfactorAPI/CertificateStoreTypes", [number]).status == 204
    assert mock.ask("GET", f"/KeyfactorAPI/CertificateStoreTypes/{number}").status == 200


@pytest.mark.parametrize("operation", ["Reschedule", "Unschedule", "Acknowledge"])
@pytest.mark.parametrize("query", ["", " ", "\t", "\n ", "  \r\n"])
def test_an_empty_query_is_refused_unless_a_scenario_takes_it(serve_module, operation, query):
    if not hasattr(serve_module, "strict"):
        serve_module.strict, serve_module.loose = serve_module(""), serve_module("fidelity: { emptyQuery: all }")
    reply = serve_module.strict.ask("POST", "/KeyfactorAPI/OrchestratorJobs/" + operation, {"Query": query})
    assert reply.status == 400 and reply.json["Message"].startswith("Query: expected a query")
    assert serve_module.loose.ask("POST", "/KeyfactorAPI/OrchestratorJobs/" + operation, {"Query": query}).status in (204, 400)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("password", ["pässword", "ñ", "£100", "naïve café", "plain"])
def test_a_password_is_taken_in_both_encodings(serve, encoding, password):
    mock = serve(json.dumps({"auth": {"mode": "basic", "users": [{"name": "me", "password": password}]}}, ensure_ascii=False))
    for said, status in ((password, 200), (password + "x", 401)):
        given = base64.b64encode(f"me:{said}".encode(encoding)).decode()
        reply = mock.ask("GET", "/KeyfactorAPI/Agents", headers={"Authorization": "Basic " + given})
        assert reply.status == status
    assert dict(reply.headers)["WWW-Authenticate"] == 'Basic realm="Keyfactor Command", charset="UTF-8"'
