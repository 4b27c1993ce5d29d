"""The kit for pytest refuses what would let a wrong test pass: names that do not exist, and rules without an effect."""

import pytest

from keyfactor_mock import Refused, World


@pytest.mark.parametrize(
    "operation, said",
    [
        ("GET /Agnts", "GET /Agents"), ("POST /OrchestratorJobs/Custm", "POST /OrchestratorJobs/Custom"), ("get /Agents", "GET /Agents"),
        ("GET /KeyfactorAPI/Agents", "leave out /KeyfactorAPI"), ("DELETE /Agents", "is no operation"),
    ],
)
def test_operations_that_do_not_exist(kfmock, operation, said):
    for use in (
        lambda: kfmock.requests(operation), lambda: kfmock.on(operation).delay("1ms"),
        lambda: (kfmock.expect(operation, count=0), kfmock.verify()), lambda: (kfmock.expect(operation, count=0), kfmock.await_("1s")),
    ):
        with pytest.raises(Refused) as refused:
            use()
        assert said in str(refused.value) or "an operation such as" in str(refused.value)
        kfmock.expected, kfmock._rules = [], []


@pytest.mark.parametrize(
    "expected, said",
    [
        (dict(rule="outtage", count=0), "no rule 'outtage'"), (dict(jobs={"agent": "ou-1"}, count=0), "did you mean 'uo-1'"),
        (dict(jobs={"jobType": "SampelCustomJobType"}, count=0), "did you mean 'SampleCustomJobType'"),
        (dict(where={"body.AgentId": "uo-1"}, count=0), "the id of uo-1 is"), (dict(where={"world": "default"}, count=0), "this is the world"),
    ],
)
def test_other_names_that_do_not_exist(kfmock, expected, said):
    kfmock.expect(**expected)
    with pytest.raises(Refused, match=said.replace("(", ".")):
        kfmock.verify()
    kfmock.expected = []


def test_a_rule_needs_an_effect(kfmock):
    world = World(kfmock.server, kfmock.name + "-2")
    rule = world.on("GET", "/Agents")
    for judge in (world.verify, world.check_rules, world.await_):
        with pytest.raises(AssertionError, match="GET /Agents"):
            judge()
    rule.refuse("unavailable")
    world.check_rules()
    world.on("GET", "/PamProviders").does()
    world.expect(unmatched=0)
    world.verify()
    world.drop()


def test_jobs_that_are_over(kfmock):
    kfmock.patch(jobs=[{"agent": "uo-1", "jobType": "SampleCustomJobType", "fields": {"ParamInt": "1"}}])
    assert kfmock.jobs(over=True) == [] and len(kfmock.jobs()) == 1
    for _ in range(3):
        for job in kfmock.jobs():
            kfmock.control("POST", f"jobs/{job['id']}/advance")
    (job,) = kfmock.jobs(over=True)
    assert kfmock.jobs() == [] and (job["state"], job["result"]) == ("over", "Success")
