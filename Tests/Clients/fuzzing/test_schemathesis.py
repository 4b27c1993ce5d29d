"""Schemathesis asks everything that the description allows, and much that it does not: no answer may be outside of it, nor a 5xx.

It runs in an environment of its own (`requirements-extra.txt`), with a fixed seed.
"""

import copy
import json
import os
import pathlib
import subprocess
import sys

import pytest

from support.mock import ESTATE, SLOWNESS, Mock

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.mark.parametrize(
    "fidelity, examples",
    [
        pytest.param("", 12, id="as-the-vendor"),
        pytest.param('product: "24.4"\nfidelity: { nulls: omit, enums: names, bindingErrors: problem }', 3, id="switched"),
    ],
)
def test_no_answer_is_outside_the_description(tmp_path, fidelity, examples):
    server = Mock(fidelity + ESTATE)
    try:
        document = tmp_path / "openapi.json"
        document.write_text(json.dumps(with_known_ids(server)))
        run = subprocess.run(
            [
                pathlib.Path(sys.executable).with_name("schemathesis"), "run", document, "--url", server.api,
                "--checks", CHECKS, "--phases", "coverage,fuzzing", "--max-examples", str(examples),
                "--seed", "1", "--generation-database", "none", "--generation-with-security-parameters", "false",
                "--continue-on-failure", "--warnings", "off", "--no-color",
            ],
            cwd=tmp_path, env={**os.environ, "NO_PROXY": "*"}, capture_output=True, text=True, timeout=300 * SLOWNESS,
        )
        assert run.returncode == 0, run.stdout[-20_000:] + run.stderr
        assert server.get("/Status/Endpoints"), "the server lives on"
    finally:
        server.stop()


def with_known_ids(server):
    """The served description, in which what is asked for is something that there is: else nearly all would be a 404.

    What operations delete is kept apart from what the others use.
    """
    document = server.ask("GET", "/_mock/openapi.json").json
    stores, agents = [server.store("web-2"), server.store("shelf-1")], [server.agent("uo-1")]
    job_types = [server.job_type("NoFields")]
    doomed = {
        "/Agents": [server.agent("uo-4")], "/CertificateStores": [server.store("mail-1"), server.store("lonely-1")],
        "/JobTypes": [server.job_type("EveryType")], "/CertificateStoreContainers": [4, 77], "/CertificateStoreTypes": [77, 78],
    }
    doomed |= {"/Security/Roles": [3, 4], "/Security/Identities": [2], "/Security/Claims": [2], "/PamProviders": [7]}
    kept = {
        "/Agents": agents, "/CertificateStores": stores, "/JobTypes": job_types, "/CertificateStoreContainers": [3],
        "/CertificateStoreTypes": [row["StoreType"] for row in server.get("/CertificateStoreTypes")],
    }
    kept |= {
        "/Security/Roles": [1, 2], "/Security/Identities": [1], "/Security/Claims": [1], "/Security/Containers": [3], "/PamProviders": [1],
        "/PermissionSets": [row["Id"] for row in server.get("/PermissionSets")],
    }
    doomed["/PermissionSets"] = kept["/PermissionSets"]
    claim = {"ClaimType": 4, "ClaimValue": "v", "ProviderAuthenticationScheme": "Idp", "Description": "d"}
    server.ask("POST", "/KeyfactorAPI/Security/Claims", claim)
    kinds = [row["Id"] for row in server.get("/PamProviders/Types")]
    server.ask("POST", "/KeyfactorAPI/PamProviders", {"Name": "Vault", "ProviderType": {"Id": kinds[0]}})
    types = [server.get(f"/CertificateStores/{stores[0]}")["CertStoreType"]]
    members = {
        "CertStoreType": types, "StoreType": types, "Type": types, "NewContainerType": types,
        "CertStoreContainerId": [3], "jobHistoryId": [1], "CertificateId": [1],
        "JobTypeName": ["NoFields"], "name": ["PEM"], "AgentId": agents, "AgentGuid": agents, "OrchestratorIds": agents,
        "StoreIds": stores, "KeystoreIds": stores, "KeystoreId": stores, "CertStoreId": stores, "CertificateStoreId": stores,
        "PermissionSetId": kept["/PermissionSets"], "ContainerId": [3], "PamProviderId": [1], "SecurityRoleId": [2], "providerId": [1],
        "accountName": ["x"], "ClaimType": [4], "ClaimValue": ["v"], "ProviderAuthenticationScheme": ["Idp"], "AccountName": ["EXAMPLE\\guest"],
        "Query": ["JobHistoryId -eq 0", 'JobType -eq "none"'], "QueryString": ["Id -ne 0", "Name -ne null", "nothing"],
    }
    simple = ("integer", "string")
    server.ask("POST", "/KeyfactorAPI/OrchestratorJobs/Custom", {"AgentId": agents[0], "JobTypeName": "NoFields"})

    def narrow(schema, ids, name=None):
        schema = copy.deepcopy(schema)
        ids = members.get(name, ids)
        if schema.get("format") == "uuid" or name == "id" or (name in members and schema.get("type") in simple):
            return {"enum": ids}
        if name == "JobFields":
            return {"const": {}}
        if schema.get("type") in ("array", ["array", "null"]):
            schema["minItems"] = 1
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                schema[key] = narrow(schema[key], ids)
        if "anyOf" in schema:
            schema["anyOf"] = [narrow(choice, ids) for choice in schema["anyOf"]]
        if "properties" in schema:
            schema["properties"] = {member: narrow(value, ids, member) for member, value in schema["properties"].items()}
        return schema

    schemas = document["components"]["schemas"]
    for model in ("KeyfactorSchedule", "JobAttemptsRequest", "UnscheduleJobRequest"):
        schemas[model]["maxProperties"] = 1
    for model in [model for model in schemas if model.endswith("Request")]:
        schemas[model] = narrow(schemas[model], job_types if model.startswith("JobType") else stores)
    schemas["ContainerUpdateRequest"]["properties"]["Id"] = {"enum": kept["/CertificateStoreContainers"]}
    for path, operations in document["paths"].items():
        parts = path.split("/")
        noun = "/".join(parts[:3] if parts[1] == "Security" else parts[:2])
        for method, operation in operations.items():
            ids = (doomed if method == "delete" or path.endswith(("Reset", "Disapprove")) else kept).get(noun, stores)
            for parameter in operation["parameters"]:
                if "schema" in parameter:
                    parameter["schema"] = narrow(parameter["schema"], ids, parameter["name"])
            for content in operation.get("requestBody", {}).get("content", {}).values():
                content["schema"] = narrow(content["schema"], ids)
    return document
