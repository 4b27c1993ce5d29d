"""The shipped scenarios as they stand, each met with keyfactor-command-sdk 11: what it sees, and what is in the estate afterwards.

Those in which time passes are in test_scenarios_in_time.py.
"""

import json
import subprocess
import time

import httpx
import jsonschema
import pytest
import yaml  # as jsonschema, it comes with openapi-spec-validator

from support import shipped
import test_scenarios_in_time
from command_v11_client.api.certificate_store import get_certificate_stores, get_certificate_stores_id_inventory
from support.mock import BINARY, ROOT
from support.sdk_11 import HOURLY, Command, client_of, tried


@pytest.fixture
def command(serve, request):
    """Command with the scenario that the test's class is named after."""
    return Command(serve(shipped.text(shipped.name_of(request.cls))))

# Over TLS Python takes a reset for the end of the file, and httpx says that the server hung up.
RESET = (httpx.ReadError, httpx.RemoteProtocolError)


class TestCalm:
    def test_everything_succeeds(self, command):
        assert [each.client_machine for each in command.agents().parsed if each.status == 2] == ["uo-1"]
        assert command.give_job(schedule=HOURLY).status_code == 200 and command.schedule_inventory().status_code == 204
        assert command.schedule_of("web-1") == HOURLY
        assert {each["jobType"] for each in command.jobs()} == {"SampleCustomJobType", "PEMInventory"}


class TestFlakyScheduling:
    def test_twenty_jobs_are_made_by_a_client_that_tries_three_times(self, command):
        tries = [tried(command.give_job) for _ in range(20)]
        assert {each[-1] for each in tries} == {200} and len(command.jobs()) == 20
        assert tries[0] == [503, 503, 200] and [200] in tries, "now and then, and at the very beginning"

    def test_a_refused_schedule_changes_nothing_and_the_next_try_does(self, command):
        assert command.schedule_inventory().status_code == 503 and command.schedule_of("web-1") is None
        assert command.schedule_inventory().status_code == 204 and command.schedule_of("web-1") == HOURLY

    def test_every_caller_has_three_tries(self, command):
        other = client_of(command.server, user="EXAMPLE\\other")
        for _ in range(10):
            assert tried(command.give_job)[-1] == 200 and tried(lambda: command.give_job(other))[-1] == 200
        assert len(command.jobs()) == 20

    def test_reads_are_never_hit(self, command):
        assert [command.agents().status_code for _ in range(20)] == [200] * 20

    def test_a_reset_brings_the_same_luck(self, command):
        first = [command.give_job().status_code for _ in range(20)]
        command.reset()
        assert [command.give_job().status_code for _ in range(20)] == first


class TestLostReply:
    def test_the_connection_is_reset_although_the_job_was_made(self, command):
        with pytest.raises(RESET):
            command.give_job()
        assert [each["jobType"] for each in command.jobs()] == ["SampleCustomJobType"]

    def test_over_plain_http_it_shows_as_a_reset(self, command):
        plain = client_of(command.server, base_url=command.server.api)
        with pytest.raises(httpx.ReadError, match="Connection reset by peer"):
            command.give_job(plain)
        assert len(command.jobs()) == 1

    def test_a_client_that_asks_again_at_once_has_made_two_jobs(self, command):
        with pytest.raises(RESET):
            command.give_job()
        assert command.give_job().status_code == 200 and len(command.jobs()) == 2

    def test_a_client_that_looks_first_finds_its_job(self, command):
        with pytest.raises(RESET):
            command.give_job(schedule=HOURLY)
        [found] = command.scheduled()
        assert (found.client_machine, found.job_type, found.schedule.interval.minutes) == ("uo-1", "SampleCustomJobType", 60)
        assert [each["id"] for each in command.jobs()] == [found.id]

    def test_each_caller_loses_one_reply(self, command):
        for user in "EXAMPLE\\ops", "EXAMPLE\\other":
            client = client_of(command.server, user=user)
            with pytest.raises(RESET):
                command.give_job(client)
            assert command.give_job(client).status_code == 200


@pytest.mark.alone
class TestSlowAfternoon:
    def test_each_answer_comes_late_by_a_delay_of_its_own(self, command):
        waits = []
        for _ in range(4):
            before = time.monotonic()
            assert command.agents().status_code == 200
            waits.append(time.monotonic() - before)
        assert min(waits) > 0.05 and max(waits) > 1.5 * min(waits), waits

    def test_a_job_is_made_although_the_client_has_given_up(self, command):
        hasty = client_of(command.server, timeout=httpx.Timeout(10, read=0.05))
        with pytest.raises(httpx.ReadTimeout):
            command.give_job(hasty)
        assert len(command.jobs()) == 1


class TestAgentLeaves:
    def test_the_job_is_refused_although_the_agent_was_approved_when_it_was_looked_up(self, command):
        assert {each.client_machine: each.status for each in command.agents().parsed} == {"uo-1": 2, "uo-2": 1}
        refusal = command.give_job()
        assert (refusal.status_code, refusal.parsed) == (400, None) and b"0xA0110004" in refusal.content and command.jobs() == []

    def test_a_second_look_shows_it_disapproved(self, command):
        command.agents()
        assert {each.client_machine: each.status for each in command.agents().parsed} == {"uo-1": 3, "uo-2": 1}


class TestNotJson:
    def test_five_lists_are_broken_each_in_its_way_and_the_sixth_is_true(self, command):
        def outcome():
            try:
                return command.agents().status_code
            except (json.JSONDecodeError, httpx.RemoteProtocolError) as error:
                return type(error)

        outcomes = [outcome() for _ in range(6)]
        assert outcomes == [502, 500, json.JSONDecodeError, json.JSONDecodeError, httpx.RemoteProtocolError, 200]

    def test_errors_that_are_not_json_have_a_status_and_no_model(self, command):
        html, text = command.agents(), command.agents()
        assert (html.status_code, html.parsed, html.headers["Content-Type"]) == (502, None, "text/html") and b"<h1>" in html.content
        assert (text.status_code, text.parsed, text.content) == (500, None, b"Internal Server Error")

    def test_a_page_of_the_gateway_means_that_there_is_no_job(self, command):
        refusal = command.give_job()
        assert (refusal.status_code, refusal.parsed) == (504, None) and b"<html>" in refusal.content and command.jobs() == []
        assert command.give_job().status_code == 200 and len(command.jobs()) == 1


class TestPermissionDenied:
    def test_a_reader_reads_and_does_nothing_else(self, command):
        reader = client_of(command.server, user="EXAMPLE\\reader")
        assert command.agents(reader).status_code == 200
        for refusal in command.give_job(reader), command.give_job(reader), command.schedule_inventory(reader):
            assert (refusal.status_code, json.loads(refusal.content)["ErrorCode"]) == (403, "0xA0140002")
        assert command.jobs() == [] and command.schedule_of("web-1") is None

    def test_an_operator_may_do_it(self, command):
        assert command.give_job().status_code == 200 and command.schedule_inventory().status_code == 204

    def test_nobody_else_is_let_in(self, command):
        assert command.agents(client_of(command.server, password="wrong")).status_code == 401

    @pytest.mark.parametrize("user", ["EXAMPLE\\ops", "EXAMPLE\\reader"])
    def test_the_inventory_arrives_at_the_third_attempt(self, command, user):
        client, store = client_of(command.server, user=user), command.id_of("certificateStores", "web-1")
        early, still, there = (get_certificate_stores_id_inventory.sync_detailed(client=client, id=store) for _ in range(3))
        assert [early.status_code, still.status_code, there.status_code] == [403, 403, 200] and there.parsed == []
        assert "does not have the required permissions: Certificates - Read" in json.loads(early.content)["Message"]


class TestPages:
    def test_a_client_that_reads_until_the_empty_page_gets_all_stores(self, command):
        pages = []
        while not pages or pages[-1].parsed:
            pages.append(get_certificate_stores.sync_detailed(client=command.client, page_returned=len(pages) + 1))
        assert [len(each.parsed) for each in pages] == [50, 50, 21, 0]
        assert {each.headers["X-Total-Count"] for each in pages} == {"121"}
        stores = {store.id: store.storepath for each in pages for store in each.parsed}
        assert len(stores) == 121 and len(set(stores.values())) == 121
        assert {each["id"] for each in command.estate()["certificateStores"]} == set(stores)


class TestBadCertificate:
    def test_three_bad_certificates_are_refused_and_then_all_is_well(self, command):
        for why in "certificate has expired", "Hostname mismatch", "self-signed certificate|unable to get local issuer":
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED.*" + why):
                command.give_job()
        assert command.jobs() == [], "nothing was sent to a server that cannot be trusted"
        assert command.give_job().status_code == 200 and len(command.jobs()) == 1


class YAML12(yaml.SafeLoader):
    """Takes times for text, as YAML 1.2 does."""

    yaml_implicit_resolvers = {
        first: [each for each in resolvers if each[0] != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}


class TestTheFolder:
    @pytest.mark.parametrize("name", shipped.NAMES)
    def test_a_file_names_its_schema_and_then_says_what_the_client_sees(self, name):
        lines = shipped.text(name).splitlines()
        schema = lines[0].removeprefix("# yaml-language-server: $schema=")
        assert (shipped.FOLDER / schema).resolve() == ROOT / "docs/scenario.schema.json"
        assert lines[1].startswith("# The client sees ") and lines[1].endswith(".")
        assert lines[2] == f"scenario: {name}"
        assert max(map(len, lines)) <= 140

    @pytest.mark.parametrize("name", shipped.NAMES)
    def test_a_file_has_a_section_in_the_readme_with_the_line_that_runs_it(self, name):
        sections = (shipped.FOLDER / "README.md").read_text().split("\n## ")[1:]
        [section] = [each for each in sections if each.startswith(name + "\n")]
        assert f"make run ARGS='--scenario scenarios/{name}.yaml'" in section

    def test_the_readme_has_no_section_of_a_file_that_is_gone(self):
        sections = [each.split("\n")[0] for each in (shipped.FOLDER / "README.md").read_text().split("\n## ")[1:]]
        assert sorted(each for each in sections if " " not in each) == shipped.NAMES

    @pytest.mark.parametrize("name", shipped.NAMES)
    def test_a_file_has_tests_named_after_it(self, name):
        here = {**vars(test_scenarios_in_time), **globals()}
        assert any(each.startswith("test_") for each in vars(here[shipped.class_of(name)]))

    @pytest.mark.parametrize("name", shipped.NAMES)
    def test_a_file_fits_the_schema_as_editors_read_it(self, name):
        schema = json.loads((ROOT / "docs/scenario.schema.json").read_text())
        jsonschema.Draft7Validator(schema).validate(yaml.load(shipped.text(name), YAML12))

    def test_the_files_are_accepted_without_a_warning(self):
        files = [str(shipped.FOLDER / f"{name}.yaml") for name in shipped.NAMES]
        lint = subprocess.run([BINARY, "lint", "--strict", *files], capture_output=True, text=True, check=False)
        assert (lint.returncode, lint.stderr) == (0, ""), lint.stderr
