"""Requests and answers as keyfactor-go-client 2 and 3 have them, on which kfutil and the Terraform provider stand.

What it reads it reads as Go's encoding/json does into the client's structs: a member of another type is an error, null leaves the zero
value, names are compared without case, unknown members are passed over.
"""

import http.client
import json
import re
import ssl
from urllib.parse import quote

from support.mock import PATIENCE, basic

SCHEDULE = {"Immediate": bool, "Interval": {"Minutes": int}, "Daily": {"Time": str}, "ExactlyOnce": {"Time": str}}
REENROLLMENT = {"Data": bool, "AgentId": str, "Message": str, "JobProperties": str, "CustomAliasAllowed": int}
STORE = {
    "Id": str, "ContainerId": int, "ClientMachine": str, "Storepath": str, "CertStoreInventoryJobId": str, "CertStoreType": int,
    "Approved": bool, "CreateIfMissing": bool, "Properties": str, "AgentId": str, "AgentAssigned": bool, "ContainerName": str,
    "InventorySchedule": SCHEDULE, "ReenrollmentStatus": REENROLLMENT, "SetNewPasswordAllowed": bool, "DisplayName": str}
STORE_TYPE = {
    "Name": str, "ShortName": str, "Capability": str, "StoreType": int, "ImportType": int, "LocalStore": bool, "PrivateKeyAllowed": str,
    "SupportedOperations": {"Add": bool, "Create": bool, "Discovery": bool, "Enrollment": bool, "Remove": bool},
    "Properties": [{"Name": str, "DisplayName": str, "Type": str, "DefaultValue": str, "Required": bool}],
    "EntryParameters": [{"Name": str, "DisplayName": str, "Type": str, "DefaultValue": str}],
    "PasswordOptions": {"EntrySupported": bool, "StoreRequired": bool, "Style": str}, "StorePathType": str, "StorePathValue": str,
    "ServerRequired": bool, "PowerShell": bool, "BlueprintAllowed": bool, "CustomAliasAllowed": str}
CONTAINER = {"Id": int, "Name": str, "OverwriteSchedules": bool, "Schedule": str, "CertStoreType": int}
AGENT = {
    "AgentId": str, "ClientMachine": str, "Username": str, "AgentPlatform": int, "Version": str, "Status": int, "LastSeen": str,
    "Capabilities": [str], "Blueprint": str, "Thumbprint": str}
INVENTORY = {"Name": str, "Certificates": [{
    "Id": int, "IssuedDN": str, "SerialNumber": str, "NotBefore": str, "NotAfter": str, "SigningAlgorithm": str, "IssuerDN": str,
    "Thumbprint": str, "CertStoreInventoryItemId": int}]}


class GoError(Exception):
    """What the client reports: the status is 0 where the answer could not be read."""

    def __init__(self, status, message):
        super().__init__(f"{status}: {message}")
        self.status, self.message = status, message


def decode(shape, value, place="$"):
    """A value as Go decodes it into a struct."""
    if isinstance(shape, dict):
        if value is not None and not isinstance(value, dict):
            raise GoError(0, f"json: cannot unmarshal {value!r} into {place}")
        sent = {name.lower(): each for name, each in (value or {}).items()}
        return {name: decode(inner, sent.get(name.lower()), f"{place}.{name}") for name, inner in shape.items()}
    if isinstance(shape, list):
        if value is not None and not isinstance(value, list):
            raise GoError(0, f"json: cannot unmarshal {value!r} into {place}")
        return [decode(shape[0], each, f"{place}[]") for each in value or []]
    if value is None:
        return shape()
    if type(value) is not shape:
        raise GoError(0, f"json: cannot unmarshal {value!r} into {place} of type {shape.__name__}")
    return value


class GoClient:
    """A client on one connection over HTTPS, as a process of kfutil or Terraform is."""

    def __init__(self, server, user="EXAMPLE\\ops", password="s3cret"):
        context = ssl.create_default_context(cafile=server.ca)
        self.connection = http.client.HTTPSConnection("localhost", server.https_port, timeout=PATIENCE, context=context)
        self.login = basic(user, password)
        assert isinstance(self.ask([str], "GET", "Status/Endpoints"), list)

    def close(self):
        self.connection.close()

    def ask(self, shape, method, path, payload=None, **query):
        """One request; its answer in a shape, or None without one. A GET and a DELETE have the body `null`."""
        encoded = "&".join(f"{name.replace('__', '.')}={quote(value, safe='')}" for name, value in sorted(query.items()))
        body = json.dumps(payload, separators=(",", ":")).encode()
        self.connection.request(method, f"/KeyfactorAPI/{path}" + ("?" + encoded if encoded else ""), body, {
            "Host": "localhost", "User-Agent": "Go-http-client/1.1", "Accept": "application/json", "Authorization": self.login,
            "Content-Type": "application/json", "X-Keyfactor-Api-Version": "1", "X-Keyfactor-Requested-With": "APIClient"})
        reply = self.connection.getresponse()
        text = reply.read()
        if reply.status not in (200, 204):
            said = json.loads(text)
            reasons = [each["Reason"] for each in said.get("FailedOperations", [])]
            raise GoError(reply.status, f"{said['Message']}. {', '.join(reasons)}")
        return decode(shape, json.loads(text)) if shape else None

    # Stores

    def create_store(self, **members):
        return self.ask(STORE, "POST", "CertificateStores", store_payload(**members))

    def update_store(self, id, **members):
        return self.ask(STORE, "Put", "CertificateStores", {"Id": id, **store_payload(**members)})

    def delete_store(self, id):
        self.ask(None, "DELETE", f"CertificateStores/{id}")

    def store(self, id):
        return self.ask(STORE, "GET", f"CertificateStores/{id}")

    def stores(self, expression=""):
        """Every store, page by page until one is empty."""
        found, page = [], 1
        while True:
            rows = self.ask([STORE], "GET", "CertificateStores", certificateStoreQuery__queryString=expression,
                            certificateStoreQuery__pageReturned=str(page))
            if not rows:
                return found
            found, page = found + rows, page + 1
            assert page < 100, "the list of stores does not end"

    def inventory(self, id):
        """The whole inventory of a store, page by page until one is empty."""
        found, page = [], 1
        while True:
            rows = self.ask([INVENTORY], "GET", f"CertificateStores/{id}/Inventory", query__pageReturned=str(page))
            if not rows:
                return found
            found, page = found + rows, page + 1
            assert page < 100, "the inventory does not end"

    def add_certificate(self, certificate, store, alias, **more):
        entry = {"CertificateStoreId": store, **({"Alias": alias} if alias else {}), "Overwrite": True, "EntryPassword": None,
                 "IncludePrivateKey": True, **more}
        body = {"CertificateId": certificate, "CertificateStores": [entry], "Schedule": {"Immediate": True}}
        return self.ask([str], "POST", "CertificateStores/Certificates/Add", body)

    def remove_certificate(self, store, alias, certificate=0):
        entry = {"CertificateStoreId": store, "Alias": alias, "EntryPassword": None}
        body = {"CertificateId": certificate, "Alias": "", "CertificateStores": [entry], "Schedule": {"Immediate": True}}
        return self.ask([str], "POST", "CertificateStores/Certificates/Remove", body)

    # What stores refer to

    def store_type(self, name):
        """By number or by short name; by name the answer is a list."""
        if isinstance(name, int):
            return self.ask(STORE_TYPE, "GET", f"CertificateStoreTypes/{name}")
        return self.ask([STORE_TYPE], "GET", f"CertificateStoreTypes/Name/{name}")[0]

    def store_types(self):
        return self.ask([STORE_TYPE], "GET", "CertificateStoreTypes")

    def agents(self, name):
        """By id, if it looks like one, else by machine."""
        field = "AgentId" if re.fullmatch(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", name) else "ClientMachine"
        return self.ask([AGENT], "GET", "Agents", pq__queryString=f'{field} -eq "{name}"')

    def container(self, name):
        """By number, if it looks like one, else by name."""
        if str(name).isdigit():
            return self.ask(CONTAINER, "GET", f"CertificateStoreContainers/{name}")
        return self.ask([CONTAINER], "GET", "CertificateStoreContainers", pq__queryString=f'Name -eq "{name}"')[0]

    def containers(self):
        return self.ask([CONTAINER], "GET", "CertificateStoreContainers")


def store_payload(*, machine, path, type, agent, container_id=None, container_name="", properties=None, schedule=None, password=None,
                  approved=False, create_if_missing=False):
    """A store as CreateStoreFctArgs and UpdateStoreFctArgs are written: pointers that are nil are left out, but for Password."""
    payload = {} if container_id is None else {"ContainerId": container_id}
    return {
        **payload, "ClientMachine": machine, "StorePath": path, "CertStoreType": type, "Approved": approved,
        "CreateIfMissing": create_if_missing, "Properties": json.dumps(properties or {}, separators=(",", ":")), "AgentId": agent,
        "AgentAssigned": False, "ContainerName": container_name, "InventorySchedule": schedule or {}, "SetNewPasswordAllowed": False,
        "Password": password}
