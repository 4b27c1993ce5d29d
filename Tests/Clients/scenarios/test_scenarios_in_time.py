"""The shipped scenarios in which time passes, each met with keyfactor-command-sdk 11. Time passes when a test says so."""

import pytest
import requests

from support import shipped
from command_v11_client.api.orchestrator_job import post_orchestrator_jobs_reschedule
from command_v11_client.client import AuthenticatedClient
from command_v11_client.models.keyfactor_web_keyfactor_api_models_orchestrator_jobs_reschedule_job_request import (
    KeyfactorWebKeyfactorApiModelsOrchestratorJobsRescheduleJobRequest as RescheduleRequest)
from support.sdk_11 import HOURLY, Command, client_of

SUCCESS, FAILURE = 2, 4
IN_PROCESS, COMPLETED, WILL_RETRY = 2, 3, 5


@pytest.fixture
def command(serve, request):
    """Command with the scenario that the test's class is named after."""
    return Command(serve(shipped.text(shipped.name_of(request.cls))))


class TestOutageAndRecovery:
    def test_all_is_well_until_ten_minutes_after_the_start(self, command):
        command.advance("599s")
        assert command.agents().status_code == 200 and command.give_job().status_code == 200

    def test_during_the_outage_nothing_is_done_and_the_client_is_told_when_to_come_again(self, command):
        command.advance("10m")
        for refusal in command.agents(), command.give_job(), command.schedule_inventory():
            assert (refusal.status_code, refusal.headers["Retry-After"], refusal.parsed) == (503, "300", None)
        assert command.jobs() == [] and command.schedule_of("web-1") is None

    def test_a_client_that_waits_as_long_as_it_is_told_makes_one_job_after_the_outage(self, command):
        command.advance("10m")
        refusals = []
        while (reply := command.give_job()).status_code == 503:
            refusals.append(reply)
            command.advance(reply.headers["Retry-After"] + "s")
        assert len(refusals) == 6 and reply.status_code == 200 and [each["id"] for each in command.jobs()] == [reply.parsed.job_id]
        assert reply.headers["Date"] == "Sun, 01 Mar 2026 09:40:00 GMT"

    def test_agents_work_on_while_clients_cannot_look(self, command):
        command.schedule_inventory()
        command.advance("10m")
        assert command.advance("50m") == 1 and command.agents().status_code == 200


class TestRateLimited:
    @pytest.fixture(autouse=True)
    def standstill(self, command):
        command.control("PUT", "clock", {"mode": "frozen"})

    def test_the_eleventh_request_at_once_is_refused_and_does_nothing(self, command):
        assert [command.give_job().status_code for _ in range(10)] == [200] * 10
        refusal = command.give_job()
        assert (refusal.status_code, refusal.headers["Retry-After"], refusal.parsed) == (429, "1", None) and len(command.jobs()) == 10

    def test_a_client_that_waits_as_long_as_it_is_told_gets_all_its_work_done(self, command):
        waited = 0
        for _ in range(15):
            while (reply := command.give_job()).status_code == 429:
                command.advance(reply.headers["Retry-After"] + "s")
                waited += 1
            assert reply.status_code == 200
        assert waited == 5 and len(command.jobs()) == 15

    def test_each_caller_has_a_quota_of_its_own(self, command):
        for _ in range(10):
            command.agents()
        assert command.agents().status_code == 429
        assert command.agents(client_of(command.server, user="EXAMPLE\\other")).status_code == 200


class TestTokenExpires:
    @pytest.fixture(autouse=True)
    def trust(self, command, monkeypatch):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", command.server.ca)

    def bearer(self, command):
        """A client that asks for a token once and keeps it."""
        form = {"grant_type": "client_credentials", "client_id": "ci", "client_secret": "s3cret"}
        answer = requests.post(command.server.https + "/oauth2/token", form, timeout=10).json()
        assert answer["expires_in"] == 60
        return AuthenticatedClient(base_url=command.server.secure_api, token=answer["access_token"], verify_ssl=command.server.ca)

    def test_a_token_is_let_in_for_a_minute_and_not_longer(self, command):
        client = self.bearer(command)
        command.advance("59s")
        assert command.give_job(client).status_code == 200
        command.advance("1s")
        refusal = command.give_job(client)
        assert (refusal.status_code, refusal.parsed) == (401, None) and "Bearer" in refusal.headers["WWW-Authenticate"]
        assert len(command.jobs()) == 1

    def test_a_client_that_asks_for_a_new_token_goes_on(self, command):
        self.bearer(command)
        command.advance("60s")
        assert command.give_job(self.bearer(command)).status_code == 200

    def test_the_sdks_own_log_in_never_notices_because_it_asks_before_every_call(self, command):
        settings = {"tokenURL": command.server.https + "/oauth2/token", "clientId": "ci", "clientSecret": "s3cret"}
        client = AuthenticatedClient(base_url=command.server.secure_api, token="", verify_ssl=command.server.ca, idp_args=settings)
        for _ in range(3):
            assert command.agents(client).status_code == 200
            command.advance("60s")

    def test_passwords_are_of_no_use(self, command):
        assert command.agents().status_code == 401


class TestJobFailsThenSucceeds:
    @pytest.fixture
    def job(self, command):
        """The nightly job, in its first night."""
        [job] = command.jobs()
        assert command.advance_to("2026-03-02T02:00:00Z") == 1
        return job["id"]

    def looks(self, command, job, count):
        """The last attempt at the job as it is at each look, as (status, result)."""
        rows = [command.history(job) for _ in range(count)]
        return [(each[-1].status, each[-1].result) if each else None for each in rows]

    def test_the_job_fails_at_the_second_attempt(self, command, job):
        looks = self.looks(command, job, 6)
        assert looks == [None, (IN_PROCESS, 0), (WILL_RETRY, FAILURE), (IN_PROCESS, 0), (COMPLETED, FAILURE), (COMPLETED, FAILURE)]
        assert [each.message for each in command.history(job)] == ["no answer from web-1", "disk full"]

    def test_a_client_that_reschedules_the_failure_sees_it_succeed(self, command, job):
        self.looks(command, job, 5)
        body = RescheduleRequest.from_dict({"JobAuditIds": [command.history(job)[-1].job_history_id]})
        assert post_orchestrator_jobs_reschedule.sync_detailed(client=command.client, json_body=body).status_code == 204
        assert self.looks(command, job, 2) == [(IN_PROCESS, 0), (COMPLETED, SUCCESS)]
        assert [(each["id"], each["runs"]) for each in command.jobs()] == [(job, 2)], "it is still the same job"

    def test_a_client_that_waits_sees_it_succeed_in_the_next_night(self, command, job):
        self.looks(command, job, 5)
        command.advance("1d")
        assert self.looks(command, job, 2) == [(IN_PROCESS, 0), (COMPLETED, SUCCESS)] and len(command.history(job)) == 3


class TestJobNeverRuns:
    @pytest.mark.parametrize("when", [HOURLY, {"ExactlyOnce": {"Time": "2026-03-01T10:00:00Z"}}], ids=["hourly", "once"])
    def test_the_job_waits_for_ever_without_a_word_in_the_history(self, command, when):
        job = command.give_job(schedule=when).parsed.job_id
        assert command.advance("365d") == 0
        assert command.history(job) == [] and [each.id for each in command.scheduled()] == [job]
        assert [(each["id"], each["state"]) for each in command.jobs()] == [(job, "waiting")]

    def test_a_job_that_is_to_run_at_once_waits_too(self, command):
        job = command.give_job().parsed.job_id
        command.advance("30m")
        assert command.history(job) == [] and [each["id"] for each in command.jobs()] == [job]

    def test_the_agent_looks_approved_and_was_last_seen_hours_ago(self, command):
        command.advance("1h")
        agent = next(each for each in command.agents().parsed if each.client_machine == "uo-1")
        assert (agent.status, agent.last_seen.isoformat()) == (2, "2026-03-01T06:00:00+00:00")

    def test_the_job_runs_once_the_agent_asks_for_work_again(self, command):
        job = command.give_job(schedule=HOURLY).parsed.job_id
        command.advance("2h")
        assert command.history(job) == []
        command.patch(agents=[{"machine": "uo-1", "polls": True}])
        assert [each.status for each in command.history(job)] == [IN_PROCESS]
        assert [each.result for each in command.history(job)] == [SUCCESS]


def asked(command, method, path, body=None, status=200, format="PFX"):
    """Asks without the SDK, whose models of enrollments read no null."""
    reply = command.server.ask(method, "/KeyfactorAPI" + path, body, {"x-certificateformat": format})
    assert reply.status == status, reply.body
    return reply.json


def enrolled(command, template="WebServer-1y", status=200):
    body = {"Subject": "CN=shop.example.com", "Template": template, "CertificateAuthority": "Sub-CA", "Password": "a password"}
    return asked(command, "POST", "/Enrollment/PFX", body, status)


class TestApprovalAfterTwoDays:
    def test_a_client_that_polls_finds_the_certificate_after_two_days(self, command):
        number = enrolled(command, "Server-Approval")["CertificateInformation"]["KeyfactorRequestId"]
        waiting = lambda: number in [row["Id"] for row in asked(command, "GET", "/Workflow/Certificates/Pending")]
        assert waiting()
        command.advance("47h")
        assert waiting() and asked(command, "GET", f"/Certificates?QueryString=CertRequestId%20-eq%20{number}") == []
        command.advance("1h")
        waiting()
        assert not waiting()
        (row,) = asked(command, "GET", f"/Certificates?QueryString=CertRequestId%20-eq%20{number}")
        assert (row["CertState"], row["IssuedCN"]) == (1, "shop.example.com")


class TestCaUnreachable:
    def test_for_an_hour_nothing_is_issued_and_then_it_is(self, command):
        command.advance("10m")
        assert "CA does not exist" in enrolled(command, status=400)["Message"]
        assert len(asked(command, "GET", "/Certificates?IncludeRevoked=true&IncludeExpired=true")) == 12
        command.advance("60m")
        assert enrolled(command)["CertificateInformation"]["RequestDisposition"] == "ISSUED"


class TestCertificateExpiresTomorrow:
    def test_it_is_found_renewed_and_gone_from_the_list_a_day_later(self, command):
        query = "/Certificates?QueryString=ExpirationDate%20-lt%20%22%25TODAY%2B3%25%22"
        (row,) = asked(command, "GET", query)
        assert row["IssuedCN"] == "shop.example.com" and row["NotAfter"] == "2026-03-02T09:00:00Z"
        new = asked(command, "POST", "/Enrollment/Renew", {"CertificateId": row["Id"], "Timestamp": "2026-03-01T09:00:00Z"})
        assert asked(command, "GET", f"/Certificates/{new['KeyfactorId']}")["NotAfter"] == "2027-03-01T08:49:59Z"
        command.advance("25h")
        assert asked(command, "GET", query) == []


class TestEnrollmentTimesOut:
    def test_a_client_that_looks_before_it_tries_again_finds_one_certificate(self, command):
        with pytest.raises(requests.exceptions.ReadTimeout):
            requests.post(
                command.server.api + "/Enrollment/PFX", json={"Subject": "CN=shop.example.com", "Template": "WebServer-1y"},
                headers={"x-keyfactor-requested-with": "APIClient", "x-certificateformat": "PFX"}, timeout=1)
        rows = asked(command, "GET", "/Certificates?QueryString=IssuedCN%20-eq%20%22shop.example.com%22&includeHasPrivateKey=true")
        assert [row["HasPrivateKey"] for row in rows] == [True]
        asked(command, "POST", "/Certificates/Recover", {"CertID": rows[0]["Id"], "Password": "a password"})
