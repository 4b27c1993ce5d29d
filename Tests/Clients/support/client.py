"""A small client of Keyfactor Command, as somebody would write it who keeps stores and runs jobs: what the stories are written with.

It knows nothing of the server under test: no control interface, no switches, no seed.
"""

import datetime
import email.utils
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
        self.retry_after = _retry_after(reply)
        super().__init__(f"{self.status} {self.code or ''}: {self.message} (correlation id {self.correlation_id})")


class NotFound(ApiError):
    """404."""


class Forbidden(ApiError):
    """401 or 403."""


class Refused(ApiError):
    """400: asking again would not help."""


class UnknownOutcome(Exception):
    """The request was sent and no answer came: Command may have done the work."""


class AgentUnavailable(Exception):
    """No approved agent on that machine."""


class MaxPages(Exception):
    """A list did not end."""


class StillWaiting(TimeoutError):
    """A job was not over in time. It may yet run."""


_ERRORS = {400: Refused, 401: Forbidden, 403: Forbidden, 404: NotFound}


def _json(reply, otherwise=None):
    try:
        return reply.json()
    except requests.exceptions.JSONDecodeError:
        return otherwise


def _retry_after(reply):
    """The seconds that an answer asks to wait, said as a number or as a date; None if it asks for nothing."""
    text = reply.headers.get("Retry-After")
    if not text or text.isdigit():
        return text and int(text)
    until, now = (email.utils.parsedate_to_datetime(each) for each in (text, reply.headers["Date"]))
    return max(0, int((until - now).total_seconds()))


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


class Login:
    """OAuth client credentials: a token is asked for when there is none, and again when Command does not take it any more."""

    def __init__(self, url, client, secret):
        self.url, self.credentials, self.token = url, (client, secret), None

    def header(self, session):
        if not self.token:
            reply = session.post(self.url, {"grant_type": "client_credentials"}, auth=self.credentials, timeout=10)
            if not reply.ok:
                raise Forbidden(reply)
            self.token = reply.json()["access_token"]
        return {"Authorization": "Bearer " + self.token}


class Client:
    """Command at an address, with its base path.

    `pause` is called with seconds to let pass, between two looks at a job or because Command asks for it. A request that may be sent
    again without harm is sent `attempts` times at most: all that Command says to have turned away (503), and reads. `login` is a Login,
    or the user and password of Basic.
    """

    def __init__(self, url, verify=True, pause=time.sleep, max_pages=100, attempts=1, login=None):
        self.url, self.pause, self.max_pages, self.attempts, self.login = url, pause, max_pages, attempts, login
        self.version = None
        self.session = requests.Session()
        self.session.trust_env, self.session.verify = False, verify
        self.session.headers.update({"x-keyfactor-requested-with": "APIClient", "x-keyfactor-api-version": "1"})
        if isinstance(login, tuple):
            self.session.auth, self.login = login, None

    def ask(self, method, path, body=None, **query):
        """One request, again where that does no harm; answers what Command says, None if it says nothing."""
        for left in reversed(range(self.attempts)):
            try:
                return self._ask(method, path, body, query)
            except requests.exceptions.RequestException as failure:
                if method != "GET":
                    raise UnknownOutcome(f"{method} {path}") from failure
                if not left:
                    raise
            except ApiError as error:
                if not left or not self._passes(method, error):
                    raise
                if error.retry_after:
                    self.pause(error.retry_after)

    @staticmethod
    def _passes(method, error):
        """Whether an error passes by itself, and asking again does no harm."""
        if error.status == 503:
            return True
        # Certificates cannot be read for a while after enrollment; the code is that of a permission that nobody has given.
        is_new = error.status == 403 and error.message.endswith("Certificates - Read")
        return method == "GET" and (error.status in (429, 502, 504) or is_new)

    def _ask(self, method, path, body, query):
        reply = self._send(method, path, body, query)
        if reply.status_code == 401 and self.login:
            self.login.token = None
            reply = self._send(method, path, body, query)
        is_json = not reply.content or _json(reply, reply) is not reply
        if not reply.ok or not is_json:
            raise _ERRORS.get(reply.status_code, ApiError)(reply)
        self.version = reply.headers.get("X-Keyfactor-Product-Version", self.version)
        return _json(reply)

    def _send(self, method, path, body, query):
        headers = self.login.header(self.session) if self.login else None
        return self.session.request(method, self.url + path, params=query, json=body, headers=headers, timeout=10)

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
        try:
            return self.ask("POST", "/OrchestratorJobs/Custom", {**body, "Schedule": schedule or {"Immediate": True}})["JobId"]
        except Refused:
            self.agent(machine)  # it may have gone since it was looked up
            raise

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

    def heal(self, job, **how):
        """Waits for a job; one that has failed is rescheduled, once, and waited for again."""
        last = self.wait(job, **how)
        if last.result == JobResult.FAILURE:
            self.reschedule(last)
            last = self.wait(job, after=last.id, **how)
        return last
