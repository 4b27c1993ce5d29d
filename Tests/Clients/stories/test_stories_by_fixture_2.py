"""Twelve stories of client authors, written with the pytest fixture kfmock: the last six. Time passes when a test says so."""

import pytest

from support.mock import RELEASES

from support.client import ApiError, Forbidden, JobResult, MaxPages, NotFound
from support.fixture import CUSTOM, client, give  # noqa: F401: a fixture

NOBODY = "00000000-0000-0000-0000-000000000000"


# 7. No history yet, a retry by Command, success.


def test_what_command_will_retry_is_not_the_end(kfmock, client):
    steps = ["absent", "absent", "InProcess", "CompletedWillRetry:Failure", "InProcess", "Completed:Success"]
    kfmock.script_job("SampleCustomJobType", steps)
    caller = client()
    looks = list(caller.watch(give(caller)))
    names = [each and each.status.name for each in looks]
    assert names == [None, None, "IN_PROCESS", "COMPLETED_WILL_RETRY", "IN_PROCESS", "COMPLETED"]
    assert (looks[3].result, looks[-1].result) == (JobResult.FAILURE, JobResult.SUCCESS)
    assert len(kfmock.requests("GET", "/OrchestratorJobs/JobHistory")) == len(steps)


def test_what_somebody_has_acknowledged_is_the_end(kfmock, client):
    kfmock.script_job("SampleCustomJobType", ["Completed:Failure"])
    caller = client()
    failure = caller.wait(give(caller))
    caller.acknowledge(failure)
    assert caller.wait(failure.job, patience=0).status.name == "ACKNOWLEDGED"


# 8. All pages, then stop.


@pytest.mark.parametrize("count", [0, 1, 50, 51, 100, 101])
def test_all_pages_are_read_and_then_no_more(kfmock, client, count):
    kfmock.load({"estate": {"from": "empty", "certificateStores": [{"machine": "shelf-1", "path": "/part.pem", "count": count}]}})
    assert len({each.id for each in client().stores()}) == count
    sent = kfmock.requests("GET", "/CertificateStores")
    assert [each.query for each in sent] == [f"PageReturned={1 + page}" for page in range(len(sent))]
    assert sent[-1].replyBody == "[]" and len(sent) == -(-count // 50) + 1


def test_a_list_that_never_ends_is_given_up(kfmock, client):
    kfmock.load("fidelity: { paging: ignorePage }")
    with pytest.raises(MaxPages):
        client(max_pages=7).stores()
    assert len(kfmock.requests("GET", "/CertificateStores")) == 7


# 9. Bodies that are not JSON.


FAILURES = [("unauthorized", 401), ("unauthorized-empty", 401), ("gateway-502-html", 502), ("truncated-json-200", 200), ("text-500", 500)]


@pytest.mark.parametrize("failure, status", FAILURES, ids=[each for each, _ in FAILURES])
def test_a_body_that_is_not_json_gives_a_typed_error(kfmock, client, failure, status):
    kfmock.on("GET", "/CertificateStores").refuse(failure)
    with pytest.raises(ApiError) as error:
        client().stores()
    assert error.value.status == status and "<" not in str(error.value)
    assert [each.failure for each in kfmock.requests()] == [failure]


# 10. A permission that nobody has given, and one that comes with time.


def test_a_permanent_refusal_is_not_asked_about_again(kfmock, client):
    kfmock.on("GET", "/Agents").refuse("forbidden")
    with pytest.raises(Forbidden) as error:
        client(attempts=3).agent("uo-1")
    assert error.value.code == "0xA0140002" and error.value.correlation_id
    [sent] = kfmock.requests("GET", "/Agents")
    assert sent.replyHeaders["X-Keyfactor-Correlation-Id"] == error.value.correlation_id


def test_a_refusal_that_passes_is_asked_about_again(kfmock, client):
    kfmock.on("GET", "/Certificates/*", times=2).refuse("collection-not-ready")
    kfmock.on("GET", "/Certificates/*").answer({"Id": 1, "IssuedCN": "www.example.com"})
    assert client(attempts=3).ask("GET", "/Certificates/1")["Id"] == 1
    assert [each.status for each in kfmock.requests()] == [403, 403, 200]


# 11. 429 and Retry-After, for reads alone.


START = "2026-11-22T12:00:00Z"


@pytest.mark.parametrize("after", ["1", "Sun, 22 Nov 2026 12:00:01 GMT"], ids=["seconds", "date"])
def test_a_read_waits_as_long_as_it_is_told(kfmock, client, after):
    kfmock.load({"clock": {"start": START, "mode": "frozen"}})
    kfmock.on("GET", "/Agents", times=1).refuse(status=429, body="", headers={"Retry-After": after})
    client(attempts=2).agent("uo-1")
    refused, answered = kfmock.requests("GET", "/Agents")
    assert (refused.status, answered.status) == (429, 200) and refused.replyHeaders["Retry-After"] == after
    assert (refused.at, answered.at) == ("2026-11-22T12:00:00Z", "2026-11-22T12:00:01Z")


@pytest.mark.parametrize("after", ["1s", {"date": "1s"}], ids=["seconds", "date"])
def test_a_write_is_not_sent_again_and_says_when_it_may_be(kfmock, client, after):
    kfmock.load({"clock": {"start": START, "mode": "frozen"}})
    kfmock.on("POST", CUSTOM, times=1).refuse("throttled", retryAfter=after)
    with pytest.raises(ApiError) as error:
        give(client(attempts=3))
    assert (error.value.status, error.value.retry_after) == (429, 1)
    assert len(kfmock.requests("POST", CUSTOM)) == 1 and kfmock.jobs() == []


# 12. One client, several releases.


@pytest.mark.parametrize("product", RELEASES)
def test_the_same_client_works_on_every_release(kfmock, client, product):
    kfmock.load({"product": product})
    kfmock.script_job("SampleCustomJobType", ["Completed:Failure"])
    caller = client()
    [store] = caller.stores()
    assert (store.path, store.inventory_schedule) == ("/etc/ssl/app.pem", None)
    assert caller.wait(give(caller)).result.name == "FAILURE"
    with pytest.raises(NotFound):
        caller.store(NOBODY)
    assert caller.version.startswith(product + ".")


# Worlds do not meet.


@pytest.mark.parametrize("number", [1, 2])
def test_nobody_sees_what_another_test_has_done(kfmock, client, number):
    assert (kfmock.requests(), kfmock.jobs(), kfmock.control("GET", "rules")) == ([], [], [])
    kfmock.on("GET", "/CertificateStores").refuse("forbidden")
    give(client())
    kfmock.advance("2h")


def test_the_secure_address_leads_to_the_same_world(kfmock, client):
    secure = client()
    secure.url, secure.session.verify = kfmock.https_url, kfmock.ca
    job = give(secure)
    assert [each["id"] for each in kfmock.jobs()] == [job] and {each.status for each in kfmock.requests()} == {200}
