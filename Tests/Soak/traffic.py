"""The kinds of request that a client of Command makes, each with the answer that it must get where no rule strikes it."""

import json
from urllib.parse import quote

AGENT = "e89c945f-da62-482c-9495-ecf36abbd2dd"
STORE = "2162f005-083e-4995-9519-60b656b06a45"
NOBODY = "00000000-0000-0000-0000-000000000001"
MAX_BODY = 65_536
# How many stores a long list has.
LONG = 30


def _json(came):
    """What a whole reply says, if it is JSON: a rule may have put anything in its place."""
    try:
        return json.loads(came.body)
    except ValueError:
        return None


def _made(came, member):
    """An id that a reply gives, if it is the true one."""
    said = _json(came) if came.kind == "whole" and came.status == 200 else None
    return said.get(member) if isinstance(said, dict) else None


def schedule(life):
    minutes = life.random.choice([5, 30, 60, 240])
    life.ask("POST /CertificateStores/Schedule", "/CertificateStores/Schedule",
             {"StoreIds": [STORE], "Schedule": {"Interval": {"Minutes": minutes}}}, 204)


def custom_job(life, pieces=None):
    body = {"AgentId": AGENT, "JobTypeName": "SampleCustomJobType", "JobFields": {"ParamInt": str(life.random.randrange(1000))}}
    return life.ask("POST /OrchestratorJobs/Custom", "/OrchestratorJobs/Custom", body, pieces=pieces)


def dribbled_upload(life):
    custom_job(life, pieces=life.random.randint(2, 6))


def agents(life):
    life.ask("GET /Agents", "/Agents")


def stores(life, size=None):
    size = size or life.random.choice([1, 2, 3, 4, 5, 6, 6, 6, 6, LONG])
    query = life.random.choice(["", "", "ClientMachine -eq \"shelf-1\"", "Approved -eq true", "ClientMachine -contains \"e\""])
    path = f"/CertificateStores?PageReturned=1&ReturnLimit={size}"
    life.ask("GET /CertificateStores", path + ("&QueryString=" + quote(query) if query else ""))


def one_store(life):
    life.ask("GET /CertificateStores/{id}", "/CertificateStores/" + STORE)


def create_store(life):
    path = f"/etc/ssl/{life.client.next_number()}.pem"
    body = {"ClientMachine": "made-1", "Storepath": path, "CertStoreType": 2, "AgentId": AGENT, "Properties": "{}"}
    if made := _made(life.ask("POST /CertificateStores", "/CertificateStores", body), "Id"):
        life.stores.append(made)


def change_store(life):
    if life.stores:
        body = {"Id": life.random.choice(life.stores), "ContainerId": 3, "Properties": "{}"}
        life.ask("PUT /CertificateStores", "/CertificateStores", body)


def delete_store(life):
    if life.stores:
        gone = life.stores.pop(life.random.randrange(len(life.stores)))
        came = life.ask("DELETE /CertificateStores/{id}", "/CertificateStores/" + gone, expect=204)
        if came.kind == "whole" and came.status == 204:
            life.ask("GET /CertificateStores/{id}", "/CertificateStores/" + gone, expect=404)


def job_type(life):
    if life.job_types and life.random.random() < 0.5:
        life.ask("DELETE /JobTypes/Custom/{id}", "/JobTypes/Custom/" + life.job_types.pop(), expect=204)
        return
    name = "Type" + life.client.next_number().replace("-", "_")
    body = {"JobTypeName": name, "JobTypeFields": [{"Name": "A", "Type": 1, "Required": False}]}
    if made := _made(life.ask("POST /JobTypes/Custom", "/JobTypes/Custom", body), "Id"):
        life.job_types.append(made)


def history(life):
    page = life.random.choice(["JobHistory", "ScheduledJobs"])
    life.ask("GET /OrchestratorJobs/" + page, f"/OrchestratorJobs/{page}?ReturnLimit=5")


def other_lists(life):
    page = life.random.choice(["/JobTypes/Custom", "/CertificateStoreContainers", "/PamProviders", "/Status/Endpoints"])
    life.ask("GET " + page, page)


def approve(life):
    life.ask("POST /Agents/Approve", "/Agents/Approve", [AGENT], 204)


def token(life):
    secret = "s3cret" if life.random.random() < 0.8 else "wrong"
    form = f"grant_type=client_credentials&client_id=ci&client_secret={secret}".encode()
    came = life.ask("POST /oauth2/token", "/oauth2/token", form, 200 if secret == "s3cret" else 401, "token", prefix="",
                    login=None, kind="application/x-www-form-urlencoded")
    if made := _made(came, "access_token"):
        life.token = made


# operation, path, body, status, more
_BAD = [
    ("POST /OrchestratorJobs/Custom", "/OrchestratorJobs/Custom", b"{", 400, {}),
    ("POST /OrchestratorJobs/Custom", "/OrchestratorJobs/Custom", {"AgentId": AGENT}, 400, {}),
    ("POST /CertificateStores/Schedule", "/CertificateStores/Schedule", {"StoreIds": [STORE], "Schedule": 5}, 400, {}),
    ("GET /Agents", "/Agents?SortField=NAME", None, 400, {}),
    ("GET /Agents", "/Agents?QueryString=Machine", None, 400, {}),
    ("GET /Agents", "/Agents", None, 401, {"login": "stranger"}),
    ("GET /CertificateStores", "/CertificateStores", None, 403, {"login": "reader"}),
    ("GET /CertificateStores/{id}", "/CertificateStores/" + NOBODY, None, 404, {}),
    ("GET /Nothing", "/Nothing", None, 404, {"counted": "none"}),
    ("BREW /Agents", "/Agents", None, 405, {"counted": "none"}),
]


def bad(life):
    operation, path, body, status, more = life.random.choice(_BAD)
    life.ask(operation, path, body, status, **more)


STEPS = {
    schedule: 10, custom_job: 10, agents: 10, stores: 10, one_store: 8, create_store: 6, change_store: 4, delete_store: 5, job_type: 3,
    history: 6, other_lists: 5, approve: 2, token: 3, bad: 10, dribbled_upload: 0.3,
}
