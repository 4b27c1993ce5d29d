"""What keyfactor-java-client-sdk 1.0.0 can read, under its preset: it throws at every member that it does not know and at every enum that
is no number.

Requests are those of its OkHttp client; answers are held against the members of its models.
"""

import datetime
import json
import re
import uuid

import pytest

from support.mock import basic, talk

ESTATE = """
estate:
  from: small
  storeTypes:
    - shortName: Rich
      number: 110
      supports: [ add, remove, enrollment, discovery, create ]
      properties: [ { name: p, displayName: P, type: Bool, default: "true" } ]
      entryParameters: [ { name: e, displayName: E, type: Secret } ]
      passwordOptions: { style: Custom }
"""


class Unreadable(Exception):
    """The IllegalArgumentException, NumberFormatException or DateTimeParseException that the SDK throws."""


def number(text):
    if type(text) is not int:
        raise Unreadable(f"{text!r} is no number")


def guid(text):
    uuid.UUID(text)


def time(text):
    if not re.search(r"(Z|[+-]\d\d:\d\d)$", text):
        raise Unreadable(f"{text!r} has no zone")
    datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def any(_):
    pass


TIME = {"Time": time}
SCHEDULE = {
    "Immediate": any, "Interval": {"Minutes": number}, "Daily": TIME, "Weekly": {"Days": [number], "Time": time},
    "Monthly": {"Day": number, "Time": time}, "ExactlyOnce": TIME}
AGENT = {
    "AgentId": guid, "ClientMachine": any, "Username": any, "AgentPlatform": number, "Version": any, "Status": number, "LastSeen": time,
    "Capabilities": [any], "Blueprint": any, "Thumbprint": any, "LegacyThumbprint": any, "AuthCertificateReenrollment": any,
    "LastThumbprintUsed": any, "LastErrorCode": any, "LastErrorMessage": any}
STORE_TYPE = {
    "Name": any, "ShortName": any, "Capability": any, "StoreType": number, "ImportType": number, "LocalStore": any,
    "SupportedOperations": {"Add": any, "Create": any, "Discovery": any, "Enrollment": any, "Remove": any},
    "Properties": [{"StoreTypeId": number, "Name": any, "DisplayName": any, "Type": number, "DependsOn": any, "DefaultValue": any, "Required": any}],
    "EntryParameters": [{"StoreTypeId": number, "Name": any, "DisplayName": any, "Type": number, "RequiredWhen": any, "DependsOn": any,
                         "DefaultValue": any, "Options": any}],
    "PasswordOptions": {"EntrySupported": any, "StoreRequired": any, "Style": number}, "StorePathType": any, "StorePathValue": any,
    "PrivateKeyAllowed": number, "JobProperties": [any], "ServerRequired": any, "PowerShell": any, "BlueprintAllowed": any,
    "CustomAliasAllowed": number, "ServerRegistration": number, "InventoryEndpoint": any, "InventoryJobType": guid,
    "ManagementJobType": guid, "DiscoveryJobType": guid, "EnrollmentJobType": guid}
ATTEMPT = {
    "JobHistoryId": number, "AgentMachine": any, "JobId": guid, "Schedule": SCHEDULE, "JobType": any, "OperationStart": time,
    "OperationEnd": time, "Message": any, "Result": number, "Status": number, "StorePath": any, "ClientMachine": any}
SCHEDULED = {"Id": guid, "ClientMachine": any, "Target": any, "Schedule": SCHEDULE, "Requested": any, "JobType": any}
JOB = {
    "JobId": guid, "OrchestratorId": guid, "JobTypeName": any, "Schedule": SCHEDULE,
    "JobFields": [{"JobTypeField": any, "Value": any}], "RequestTimestamp": time}
JOB_TYPE = {
    "Id": guid, "JobTypeName": any, "Description": any,
    "JobTypeFields": [{"Name": any, "Type": number, "DefaultValue": any, "Required": any}]}


def read(model, sent, place="$"):
    """Holds an answer against a model. Null is fine everywhere."""
    if sent is None:
        return
    if isinstance(model, list):
        for each in sent:
            read(model[0], each, place + "[]")
    elif isinstance(model, dict):
        if unknown := sent.keys() - model.keys():
            raise Unreadable(f"the field(s) {sorted(unknown)} of {place} are not defined")
        for name, value in sent.items():
            read(model[name], value, f"{place}.{name}")
    else:
        model(sent)


def ask(server, method, path, body=None):
    """A request as OkHttp writes it; answers what the reply says, None if it says nothing."""
    fields = {"Authorization": basic("EXAMPLE\\ops", "s3cret"), "x-keyfactor-requested-with": "APIClient", "Accept": "application/json",
              "x-keyfactor-api-version": "1", "User-Agent": "OpenAPI-Generator/v1/java"}
    text = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
    if body is not None:
        fields.update({"Content-Type": "application/json; charset=utf-8", "Content-Length": len(text)})
    fields.update({"Host": "localhost", "Connection": "close"})
    head = f"{method} /KeyfactorAPI{path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    reply = talk(server, head.encode() + b"\r\n" + text, secure=True)
    assert reply.status in (200, 204), reply
    return json.loads(reply.body) if reply.body else None


@pytest.fixture(scope="module")
def java(serve_module):
    return serve_module("client: java-sdk\n" + ESTATE)


SCHEDULES = [
    {"Immediate": True}, {"Interval": {"Minutes": 30}}, {"Daily": {"Time": "2026-11-22T20:00:00Z"}},
    {"Weekly": {"Days": [1, 6], "Time": "2026-11-22T20:00:00Z"}}, {"Monthly": {"Day": 3, "Time": "2026-11-22T20:00:00.005+02:00"}},
    {"ExactlyOnce": {"Time": "2036-11-22T20:00:00.005+02:00"}}]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda each: next(iter(each)))
def test_a_custom_job_is_scheduled_listed_and_found_in_the_history(java, schedule):
    body = {"AgentId": java.agent("uo-1"), "JobTypeName": "SampleCustomJobType", "Schedule": schedule, "JobFields": {"ParamInt": "1"}}
    job = ask(java, "POST", "/OrchestratorJobs/Custom", body)
    read(JOB, job)
    assert next(iter(job["Schedule"])) == next(iter(schedule))
    listed = ask(java, "GET", "/OrchestratorJobs/ScheduledJobs")
    read([SCHEDULED], listed)
    assert job["JobId"] in [each["Id"] for each in listed]
    for _ in range(2):
        read([ATTEMPT], ask(java, "GET", "/OrchestratorJobs/JobHistory?pq.queryString=JobType%20-contains%20%22Sample%22&pq.returnLimit=10"))


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda each: next(iter(each)))
def test_an_inventory_goes_on_and_off(java, schedule):
    store = java.store("web-1")
    ask(java, "POST", "/CertificateStores/Schedule", {"StoreIds": [store], "Schedule": schedule})
    read(SCHEDULE, java.schedule_of(store))
    ask(java, "POST", "/CertificateStores/Schedule", {"StoreIds": [store]})
    assert java.schedule_of(store) is None


READS = [("/Agents?pq.pageReturned=1&pq.returnLimit=10", [AGENT]), ("/JobTypes/Custom", [JOB_TYPE]), ("/CertificateStoreTypes", [STORE_TYPE]),
         ("/CertificateStoreTypes/110", STORE_TYPE), ("/CertificateStoreTypes/Name/Rich", [STORE_TYPE]), ("/Status/Endpoints", [any])]


@pytest.mark.parametrize("path, model", READS)
def test_lists_are_read(java, path, model):
    sent = ask(java, "GET", path)
    assert sent
    read(model, sent)


@pytest.mark.parametrize("scenario, path, model, why", [
    ('client: java-sdk\nproduct: "25.4"', "/Agents", [AGENT], "JobTypes"),
    ('client: java-sdk\nproduct: "25.4"', "/CertificateStoreTypes", [STORE_TYPE], "CertificateFormat"),
    ("client: java-sdk\nfidelity: { enums: product }", "/CertificateStoreTypes", [STORE_TYPE], "is no number"),
    ("client: java-sdk\nfidelity: { enumsOfAgents: names }", "/Agents", [AGENT], "is no number"),
    ('client: java-sdk\nproduct: "10.5"', "/Agents", [AGENT], "has no zone"), ("", "/Agents", [AGENT], "JobTypes")])
def test_without_a_setting_of_the_preset_it_throws(serve, scenario, path, model, why):
    sent = ask(serve(scenario + ESTATE), "GET", path)
    with pytest.raises(Unreadable, match=why):
        read(model, sent)
