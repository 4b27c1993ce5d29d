"""The page shows what clients ask as they ask it, and why it ended as it did."""

import json
import subprocess

import pytest
import yaml
from playwright.sync_api import expect

from support.mock import PATIENCE, SLOWNESS

JOB = {"JobTypeName": "SampleCustomJobType", "JobFields": {"ParamInt": "3"}}
FAILS = """
rules:
  - { name: stumbles, operation: POST /OrchestratorJobs/Custom, calls: 1, do: [ { refuse: unavailable } ] }
  - { name: lost-reply, operation: POST /OrchestratorJobs/Custom, calls: 1, do: [ { break: reset, at: reply } ] }
  - { name: never, operation: "GET /Agents/{id}", do: [ { break: stall, at: request } ] }
"""


def order(tab, times=1):
    """Jobs for the agent uo-1, as a client orders them, whatever becomes of the replies."""
    agent = tab.remote.agent()
    for _ in range(times):
        try:
            tab.remote.request("POST", "/OrchestratorJobs/Custom", {"AgentId": agent, **JOB})
        except OSError:
            pass


def test_rows_come_by_themselves_the_newest_first(tab):
    page = tab()
    expect(page("#empty")).to_contain_text("curl http://localhost")
    page.remote.request()
    page.shows(1, "GET", "…/Agents", "✓ 200", "default")
    page.remote.request(path="/Agnets")
    page.shows(2, "! 404", "⚠")
    page.shows(1, row=1)
    expect(page("#empty")).to_be_hidden()


def test_an_open_row_says_what_happened_in_a_sentence_and_why(tab):
    page = tab(FAILS)
    order(page, 3)
    page.shows(4, "✓ 200", "–")
    for row, sentence, whys in [
        (2, "The rule 'stumbles' refused it; nothing was done.", ["strikes: refuse unavailable", "is not asked, since 'stumbles' strikes", "its operation is GET /Agents/{id}"]),
        (1, "The job was made; its reply was lost.", ["this is call 2, and it strikes call 1", "strikes: break reset at reply", "does not match"]),
        (0, "The job was made.", ["this is call 3", "this is call 2", "does not match"]),
    ]:
        page.open(row)
        expect(page("#sentence")).to_have_text(sentence)
        page.click("#part-why")
        for place, why in enumerate(whys):
            expect(page("#part tbody tr").nth(place)).to_contain_text(why)
    page.shows("✂ reset", "lost-reply", row=1)
    page.shows("✗ 503", "stumbles", row=2)


def test_request_and_reply_are_whole_and_indented_and_secrets_are_not_there(tab):
    page = tab()
    page.remote.request("POST", "/OrchestratorJobs/Custom", {"AgentId": page.remote.agent(), **JOB}, {"Authorization": "Basic b3BzOnMzY3JldA=="})
    page.shows(2)
    page.open()
    expect(page("#part pre")).to_contain_text('"JobFields": {\n    "ParamInt": "3"')
    expect(page("#part")).to_contain_text("Basic (struck out)")
    page.click("#part-reply")
    expect(page("#part")).to_contain_text("200, whole")
    expect(page("#part pre")).to_contain_text('"JobId": "')
    assert "b3Bz" not in page.page.content()


def test_a_miss_names_the_nearest_operation(tab):
    page = tab()
    page.remote.request(path="/Agnets")
    page.open()
    page.click("#part-why")
    expect(page("#part")).to_contain_text("no operation GET /Agnets; nearest is GET /Agents")
    expect(page("#part")).to_contain_text("This world has no rules.")


def test_filters_choose_rows_and_stay_in_the_address(tab):
    page = tab(FAILS)
    order(page, 2)
    page.remote.request(path="/Agnets")
    page.shows(4)
    expect(page.rows).to_have_count(4)
    for selector, value, count in ("#filter", "lost", 1), ("#filter", "", 4), ("#operation", "Custom", 2), ("#operation", "", 4):
        page(selector).fill(value)
        expect(page.rows).to_have_count(count)
    for selector, value, count in ("#class", "4", 1), ("#class", "5", 1), ("#class", "0", 1), ("#class", "", 4), ("#struck", "yes", 2), ("#struck", "no", 2):
        page(selector).select_option(value)
        expect(page.rows).to_have_count(count)
    page("#filter").fill("agnets")
    expect(page.page).to_have_url(f"{page.origin}/_mock/ui#q=agnets&k=no")
    page.page.reload()
    expect(page.rows).to_have_count(1)
    page("#filter").fill("nothing has this")
    page.click("#empty button")
    expect(page.rows).to_have_count(4)


def test_a_pause_shows_nothing_new_until_it_ends(tab):
    page = tab()
    page.remote.request()
    page.shows(1)
    page.press("p")
    page.remote.request(path="/Agnets")
    page.remote.control("GET", "journal")
    expect(page("#count")).to_contain_text("paused")
    page.page.wait_for_timeout(300)
    expect(page.rows).to_have_count(1)
    page.click("#pause")
    expect(page.rows).to_have_count(2)


def test_the_keyboard_does_everything(tab):
    page = tab()
    for path in "/Agents", "/Agnets", "/Status/Endpoints":
        page.remote.request(path=path)
    page.shows(3)
    page.press("j", "j")
    expect(page("#rows tr[aria-selected=true]")).to_contain_text("Agnets")
    page.press("Enter")
    expect(page("#one h2")).to_contain_text("#2 GET /KeyfactorAPI/Agnets")
    page.press("k")
    expect(page("#one h2")).to_contain_text("#3")
    page.press("Escape")
    expect(page("#one")).to_be_hidden()
    page.press("/")
    expect(page("#filter")).to_be_focused()
    page.page.keyboard.type("j2")
    assert page("#filter").input_value() == "j2", "keys in a field are text"
    page.press("Escape", "?")
    expect(page("#dialog")).to_contain_text("Keys")
    page.press("Escape", "3")
    expect(page("#estate")).to_be_visible()
    page.press("1")
    expect(page("#requests")).to_be_visible()


def test_new_rows_never_move_the_chosen_one(tab):
    page = tab()
    for _ in range(60):
        page.remote.request()
    page.shows(60)
    page.page.evaluate("document.getElementById('scroll').scrollTop = 600")
    page.page.wait_for_timeout(200)
    chosen = page.rows.nth(20)
    number = chosen.locator("td").first.inner_text()
    chosen.click()
    row = page("#rows tr[aria-selected=true]")
    expect(row).to_contain_text(number)
    before = row.bounding_box()["y"]
    for _ in range(5):
        page.remote.request()
    expect(page("#count")).to_contain_text("65 of 65")
    page.page.wait_for_timeout(200)
    expect(row.locator("td").first).to_have_text(number)
    assert abs(row.bounding_box()["y"] - before) < 2


def test_ten_thousand_rows_are_few_elements(tab):
    page = tab()
    rows = [{"n": number, "at": "2026-03-01T09:00:00Z", "wall": "2026-03-01T09:00:00Z", "world": "default", "caller": "c", "method": "GET", "path": f"/KeyfactorAPI/Agents/{number}", "query": "",
             "operation": "GET /Agents/{id}", "rule": None, "effect": "none", "failure": None, "status": 200, "delivery": "whole", "durationMs": 0.1, "why": None} for number in range(1, 12_001)]
    news = page.remote.control("GET", "changes") | {"exchanges": rows, "total": 12_000, "cursor": "0.99999.12000", "continues": True}
    sent = []

    def answer(route):
        if sent:
            return None  # stays open, as a long poll does
        sent.append(route)
        return route.fulfill(json=news)

    page.page.route("**/changes?*", answer)
    page.page.reload()
    expect(page("#count")).to_contain_text("10000 of 10000 requests, 12000 in all")
    assert page.rows.count() < 120
    frames = page.page.evaluate("""async () => {
        const scroll = document.getElementById('scroll'), frames = [];
        let last = performance.now();
        for (let place = 0; place < 100; place += 1) {
            scroll.scrollTop = place * scroll.scrollHeight / 100;
            await new Promise(requestAnimationFrame);
            const now = performance.now();
            frames.push(now - last);
            last = now;
        }
        return frames;
    }""")
    page.press("End")
    page.page.evaluate("document.getElementById('scroll').scrollTop = 1e9")
    expect(page.rows.last).to_contain_text("Agents/2001")
    assert page.rows.count() < 120
    assert sorted(frames)[90] < 100 * SLOWNESS, "nine frames of ten are there in a tenth of a second, also on a busy machine"
    page("#filter").fill("Agents/7777")
    expect(page.rows).to_have_count(1)


# Copies

HEADERS = {"X-Correlation-Id": "it's \"quoted\" $HOME `id` \\", "Accept": "application/json"}


def same(page, first, second):
    """The journal's entries of a request and of its copy, without what differs by time."""
    keys = ["caller", "method", "path", "query", "body", "operation", "status", "effect"]
    one, other = (page.remote.control("GET", f"journal/{number}") for number in (first, second))
    assert [one[key] for key in keys] == [other[key] for key in keys]
    plain = [{name.lower(): value for name, value in each["headers"].items() if name.lower() not in ("host", "user-agent", "accept-encoding", "connection", "expect")} for each in (one, other)]
    return plain


@pytest.mark.parametrize("method, path, body", [
    ("GET", "/Agents?pq.queryString=ClientMachine%20-eq%20%22uo-1%22", None), ("POST", "/OrchestratorJobs/Custom", {"AgentId": "it's", "JobTypeName": "$(id) `id` \\ \"q\" ü"}),
    ("PUT", "/JobTypes/Custom", {"JobTypeName": "line\nbreak"}), ("DELETE", "/CertificateStores", ["it's"])])
def test_the_copied_curl_gives_the_same_entry_in_the_journal(tab, method, path, body):
    page = tab()
    headers = {**HEADERS, **({"Content-Type": "application/json"} if body else {})}
    page.remote.request(method, path, body, headers)
    page.open()
    subprocess.run(["sh", "-c", page.copied("curl")], check=True, capture_output=True, timeout=PATIENCE)
    before, after = same(page, 1, 2)
    assert before == after


def test_the_copied_python_gives_the_same_entry_in_the_journal(tab):
    import sys

    page = tab()
    page.remote.request("POST", "/OrchestratorJobs/Custom", {"AgentId": "it's", "JobTypeName": "$x \\ \"q\" ü"}, {**HEADERS, "Content-Type": "application/json", "Authorization": "Bearer t.o.k"})
    page.open()
    text = page.copied("Python")
    assert "t.o.k" not in text
    subprocess.run([sys.executable, "-c", text], check=True, capture_output=True, timeout=PATIENCE, env={"AUTHORIZATION": "t.o.k"})
    same(page, 1, 2)


def test_a_secret_is_a_variable_in_what_is_copied(tab):
    page = tab()
    page.remote.request(headers={"Authorization": "Basic b3BzOnMzY3JldA==", "X-Api-Key": "k3y"})
    page.open()
    texts = [page.copied(name) for name in ("curl", "Python", "PowerShell", "Go")]
    assert all("b3Bz" not in text and "k3y" not in text and "AUTHORIZATION" in text and "X_API_KEY" in text for text in texts)
    assert 'Authorization: Basic $AUTHORIZATION"' in texts[0]
    assert all("(struck out)" not in text for text in texts)
    assert texts[3].startswith("package main") and "$env:AUTHORIZATION" in texts[2]


def test_what_is_copied_says_that_the_journal_has_no_secrets_of_bodies(tab):
    page = tab()
    page.remote.request("POST", "/Agents/Approve", {"Password": "s3cr3t"}, {"Content-Type": "application/json"})
    page.open()
    for name, sign in ("curl", "#"), ("Python", "#"), ("PowerShell", "#"), ("Go", "//"):
        assert page.copied(name).startswith(f"{sign} The journal shows no secrets: fill in what is (struck out).\n")


def test_the_copied_rule_matches_the_request_and_passes_lint(tab):
    page = tab()
    body = {"AgentId": page.remote.agent(), **JOB}
    page.remote.request("POST", "/OrchestratorJobs/Custom", body)
    page.shows(2)
    page.open()
    rule = page.copied("rule")
    (read,) = yaml.safe_load(rule)
    assert read["where"]["body.JobTypeName"] == "SampleCustomJobType"
    page.remote.control("POST", "rules?strict", read | {"ttl": "1m"})
    assert [page.remote.request("POST", "/OrchestratorJobs/Custom", body).status for _ in range(2)] == [503, 200]


def test_the_copied_expectation_is_met(tab):
    page = tab()
    page.remote.request()
    page.open()
    assert page.remote.control("POST", "verify?strict", yaml.safe_load(page.copied("expectation")))["verdict"] == "met"


def test_a_replay_warns_if_the_work_was_done_and_keeps_the_credentials(tab):
    page = tab("auth: { mode: basic, users: [ { name: ops, password: s3cret } ] }\n")
    page.remote.request(headers={"Authorization": "Basic b3BzOnMzY3JldA=="})
    page.open()
    page.click("#one button:text-is('replay')")
    page.toast("sent again: 200")
    agent = json.loads(page.remote.request(headers={"Authorization": "Basic b3BzOnMzY3JldA=="}).body)[0]["AgentId"]
    page.remote.request("POST", "/OrchestratorJobs/Custom", {"AgentId": agent, **JOB}, {"Authorization": "Basic b3BzOnMzY3JldA=="})
    page.shows(4)
    page.open()
    done = page("#sentence").inner_text()
    page.click("#one button:text-is('replay')")
    if "made" in done:
        expect(page("#dialog")).to_contain_text("may be done twice")
        page.click("#dialog button:text-is('send it again')")
    page.shows(5)
    assert len({each["status"] for each in page.remote.journal()[3:]}) == 1


def test_break_next_strikes_the_next_such_request_only(tab):
    page = tab()
    page.remote.request()
    page.open()
    page.press("b")
    page.toast("in force")
    assert page.remote.statuses(2) == [503, 200]
    expect(page("#faults")).to_contain_text("struck 1×")
