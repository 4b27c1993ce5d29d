"""Reschedule while another is in process: the run is added, whatever the job's schedule and however its steps end."""

import pytest

from support.mock import ESTATE

SCENARIO = """
clock: { mode: frozen, start: 2026-11-22T12:00:00Z }
progress:
  - steps:
      - { state: Completed, result: Failure, message: first }
      - { state: InProcess, %s }
      - { state: Completed, message: second }
      - { state: InProcess, for: 5m }
      - { state: Completed, message: third }
"""
WEEKLY = {"Weekly": {"Days": ["Monday"], "Time": "2026-11-22T12:30:00Z"}}
MONTHLY = {"Monthly": {"Day": 23, "Time": "2026-11-22T12:30:00Z"}}
DAILY = {"Daily": {"Time": "2026-11-22T12:45:00Z"}}
HOURLY = {"Interval": {"Minutes": 1440}}


class Jobs:
    """A world whose clock stands."""

    def __init__(self, server):
        self.server = server

    def passes(self, time):
        assert self.server.ask("POST", "/_mock/clock/advance", {"by": time}).status == 200

    def history(self):
        rows = self.server.get("/OrchestratorJobs/JobHistory?sortField=JobHistoryId&sortAscending=0")
        return [(row["Message"], row["OperationEnd"] is None) for row in rows]

    def reschedule(self, status=204):
        assert self.server.ask("POST", "/KeyfactorAPI/OrchestratorJobs/Reschedule", {"JobAuditIds": [1]}).status == status


def custom(server, schedule):
    body = {"AgentId": server.agent("uo-1"), "JobTypeName": "NoFields", "Schedule": schedule}
    assert server.ask("POST", "/KeyfactorAPI/OrchestratorJobs/Custom", body).status == 200


def removal(server, _):
    body = {"CertificateStores": [{"CertificateStoreId": server.store("web-1"), "Alias": "server"}], "Schedule": {"Immediate": True}}
    assert server.ask("POST", "/KeyfactorAPI/CertificateStores/Certificates/Remove", body).status == 200


@pytest.mark.parametrize("lasts", ["for: 10m", "reads: 3"])
@pytest.mark.parametrize("order, schedule", [(custom, WEEKLY), (custom, MONTHLY), (custom, DAILY), (custom, HOURLY), (removal, None)], ids=["weekly", "monthly", "daily", "every 24 hours", "a removal"])
def test_a_run_that_is_asked_for_during_another_is_added(serve, order, schedule, lasts):
    server = serve(SCENARIO % lasts + ESTATE)
    jobs = Jobs(server)
    order(server, schedule)
    jobs.passes("1h" if schedule == DAILY else "25h")
    assert jobs.history()[0] == ("first", False)
    jobs.reschedule()
    before = jobs.history()
    assert before[-1] == ("", True), "the second run is in process"
    jobs.reschedule()
    jobs.passes("11m")
    for _ in range(4):
        now = jobs.history()
    assert now[:len(before)] == [*before[:-1], ("second", False)] and now[len(before):] == [("", True)], "the third began when the second had ended"
    jobs.passes("6m")
    assert jobs.history() == [*now[:-1], ("third", False)]
    dump = server.ask("GET", "/_mock/estate").json
    assert not [job for job in dump.get("jobs", []) if (job.get("run") or {}).get("repeated")]


def test_the_estate_says_that_another_run_follows(serve):
    server = serve(SCENARIO % "for: 10m" + ESTATE)
    jobs = Jobs(server)
    custom(server, DAILY)
    jobs.passes("1h")
    jobs.reschedule()
    jobs.history()
    jobs.reschedule()
    dump = server.ask("GET", "/_mock/estate").json
    assert [job["run"]["repeated"] for job in dump["jobs"] if job.get("run")] == [True]
    server.ask("POST", "/_mock/worlds", {"name": "copy", "from": "default"})
    for world in ({}, {"X-Mock-World": "copy"}):
        server.ask("POST", "/_mock/clock/advance", {"by": "11m"}, world)
        rows = server.ask("GET", "/KeyfactorAPI/OrchestratorJobs/JobHistory", headers=world).json
        assert sorted(row["Message"] for row in rows) == ["", "first", "second"]
