"""A small client of Keyfactor Command, as somebody would write it who keeps stores and runs jobs: what the stories are told with.

It knows nothing of the server under test: no control interface, no switches, no seed.
"""

import datetime
import enum
import time
from dataclasses import dataclass

import requests


class _Word(enum.IntEnum):
    """An enum that Command sends as a number or as a name, by release."""

    @classmethod
    def _missing_(cls, value):
        return cls.__members__.get("".join("_" + each if each.isupper() else each for each in str(value)).lstrip("_").upper())


JobResult = _Word("JobResult", {"UNKNOWN": 0, "SUCCESS": 2, "WARNING": 3, "FAILURE": 4})
JobStatus = _Word("JobStatus", "UNKNOWN WAITING IN_PROCESS COMPLETED ACKNOWLEDGED COMPLETED_WILL_RETRY", start=0)


class ApiError(Exception):
    """Command said no. The message is Command's own if it sent one, never a page of HTML."""

    def __init__(self, reply):
        said = _json(reply) if isinstance(_json(reply), dict) else {}
        self.status, self.code = reply.status_code, said.get("ErrorCode")
        self.message = said.get("Message") or reply.reason
        self.reasons = [each["Reason"] for each in said.get("FailedOperations", [])]
        self.correlation_id = reply.headers.get("X-Keyfactor-Correlation-Id")
        super().__init__(f"{self.status} {self.code or ''}: {self.message} (correlation id {self.correlation_id})")


class NotFound(ApiError):
    """404."""


class Forbidden(ApiError):
    """401 or 403."""


class Refused(ApiError):
    """400: asking again would not help."""


class AgentUnavailable(Exception):
    """No approved agent on that machine."""


class MaxPages(Exception):
    """A list did not end."""


class StillWaiting(TimeoutError):
    """A job was not over in time. It may yet run."""


_ERRORS = {400: Refused, 401: Forbidden, 403: Forbidden, 404: NotFound}


def _json(reply):
    try:
        return reply.json()
    except requests.exceptions.JSONDecodeError:
        return None


def moment(text):
    """A time that Command sent, with Z or, by 10.x, without a zone; None for none."""
    return text and datetime.datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=datetime.timezone.utc)


@dataclass(frozen=True)
class Store:
    id: str
    machine: str
    path: str
    inventory_schedule: dict | None
    inventory_job: str | None

    @classmethod
    def read(cls, sent):
        # Requests say StorePath, answers Storepath. A schedule of {}, null or nothing at all is none.
        path = sent.get("Storepath", sent.get("StorePath"))
        return cls(sent["Id"], sent["ClientMachine"], path, sent.get("InventorySchedule") or None, sent.get("CertStoreInventoryJobId"))


@dataclass(frozen=True)
class Attempt:
    """An entry of the job history."""

    id: int
    job: str
    result: JobResult
    status: JobStatus
    message: str
    start: datetime.datetime
    end: datetime.datetime | None

    @property
    def is_final(self):
        """Whether the job is over with this attempt: not while Command will try again."""
        return self.status in (JobStatus.COMPLETED, JobStatus.ACKNOWLEDGED)

    @classmethod
    def read(cls, sent):
        result, status = JobResult(sent["Result"]), JobStatus(sent["Status"])
        start, end = moment(sent["OperationStart"]), moment(sent.get("OperationEnd"))
        return cls(sent["JobHistoryId"], sent["JobId"], result, status, sent["Message"], start, end)


class Client:
    """Command at an address, with its base path. `pause` is called with seconds to let pass between two looks at a job."""

    def __init__(self, url, verify=True, pause=time.sleep, max_pages=100):
        self.url, self.pause, self.max_pages = url, pause, max_pages
        self.version = None
        self.session = requests.Session()
        self.session.trust_env, self.session.verify = False, verify
        self.session.headers.update({"x-keyfactor-requested-with": "APIClient", "x-keyfactor-api-version": "1"})

    def ask(self, method, path, body=None, **query):
        """One request; answers what Command says, None if it says nothing."""
        reply = self.session.request(method, self.url + path, params=query, json=body, timeout=10)
        if not reply.ok:
            raise _ERRORS.get(reply.status_code, ApiError)(reply)
        self.version = reply.headers.get("X-Keyfactor-Product-Version", self.version)
        return reply.json() if reply.content else None

    def pages(self, path, **query):
        """All rows of a list. A list ends with an empty page, and not before."""
        for number in range(1, self.max_pages + 1):
            rows = self.ask("GET", path, **query, PageReturned=number)
            if not rows:
                return
            yield from rows
        raise MaxPages(f"{path} has more than {self.max_pages} pages")

    def stores(self):
        return [Store.read(each) for each in self.pages("/CertificateStores")]

    def store(self, id):
        return Store.read(self.ask("GET", f"/CertificateStores/{id}"))

    def schedule_inventory(self, stores, schedule):
        self.ask("POST", "/CertificateStores/Schedule", {"StoreIds": [each.id for each in stores], "Schedule": schedule})

    def scheduled(self, query=""):
        """Jobs to come, as Command sends them."""
        return list(self.pages("/OrchestratorJobs/ScheduledJobs", **{"pq.queryString": query}))

    def agent(self, machine):
        """The id of an approved agent."""
        query = f'ClientMachine -eq "{machine}" AND Status -eq 2'
        rows = self.ask("GET", "/Agents", **{"pq.queryString": query})
        if not rows:
            raise AgentUnavailable(machine)
        return rows[0]["AgentId"]

    def run_on(self, machine, job_type, fields=None, schedule=None):
        """Schedules a custom job, at once if nothing else is said, and answers its id."""
        body = {"AgentId": self.agent(machine), "JobTypeName": job_type, "JobFields": fields or {}}
        return self.ask("POST", "/OrchestratorJobs/Custom", {**body, "Schedule": schedule or {"Immediate": True}})["JobId"]

    def history(self, job):
        """The attempts at a job, the first one first."""
        return [Attempt.read(each) for each in self.pages("/OrchestratorJobs/JobHistory", **{"pq.queryString": f'JobId -eq "{job}"'})]

    def watch(self, job, after=0, patience=3600, every=10):
        """Looks at a job again and again until it is over; yields the last attempt as it then is, None where there is none yet.

        Attempts up to the JobHistoryId `after` do not count. Each look is one request.
        """
        for waited in range(0, patience + 1, every):
            query = {"pq.queryString": f'JobId -eq "{job}"', "pq.sortField": "JobHistoryId", "pq.sortAscending": 1, "pq.returnLimit": 1}
            attempts = [Attempt.read(each) for each in self.ask("GET", "/OrchestratorJobs/JobHistory", **query)]
            newest = next((each for each in attempts if each.id > after), None)
            yield newest
            if newest and newest.is_final:
                return
            if waited + every <= patience:
                self.pause(every)
        raise StillWaiting(f"job {job} is not over after {patience} s")

    def wait(self, job, **how):
        """Waits as `watch` does, and answers the attempt with which the job was over."""
        *_, last = self.watch(job, **how)
        return last

    def reschedule(self, *attempts):
        self.ask("POST", "/OrchestratorJobs/Reschedule", {"JobAuditIds": [each.id for each in attempts]})

    def acknowledge(self, *attempts):
        self.ask("POST", "/OrchestratorJobs/Acknowledge", {"JobAuditIds": [each.id for each in attempts]})
