"""What the page does to the server: faults, rules, time, jobs, agents, worlds; and what it judges and counts."""

import http.client
import re
import subprocess
import threading

import pytest
from playwright.sync_api import expect

from support.control import Remote
from support.mock import BINARY, PATIENCE

FROZEN = """
clock: { start: 2026-03-01T09:00:00Z, mode: frozen }
estate:
  certificateStores:
    - { machine: web-1, path: /etc/ssl/app.pem, agent: uo-1, schedule: { Interval: { Minutes: 60 } } }
    - { machine: other-7, path: /etc/ssl/other.pem, agent: uo-1 }
"""
EXPECTS = """
expect:
  - { requests: { operation: GET /Agents }, count: 2 }
  - { requests: { operation: POST /Agents/Approve }, count: 0 }
"""


def strike(page, kind, target="GET /Agents", calls="1", ttl="60s"):
    page("#kind").select_option(kind)
    page("#target").fill(target)
    page("#calls").fill(calls)
    page("#ttl").select_option(ttl)
    page.click("#fault button")
    page.toast("in force")


def ending(remote):
    """How a request ends: its status, or the name of the error."""
    try:
        return remote.request().status
    except OSError as error:
        return type(error).__name__


# Faults

@pytest.mark.parametrize("kind, first, sign", [("503", 503, "✗ 503"), ("429", 429, "! 429"), ("forbidden", 403, "! 403"), ("reset", "ConnectionResetError", "✂ reset"), ("slow", 200, "✓ 200")])
def test_a_fault_strikes_the_next_calls_and_then_no_more(tab, kind, first, sign):
    page = tab()
    strike(page, kind)
    expect(page("#faults li")).to_contain_text(f"ui-{kind}: GET /Agents")
    assert ending(page.remote) == first
    page.shows(1, sign, f"ui-{kind}")
    expect(page("#faults li")).to_contain_text("struck 1×")
    assert ending(page.remote) == 200
    if kind == "429":
        assert page.remote.control("GET", "journal/1")["replyHeaders"]["Retry-After"] == "5"
    if kind == "slow":
        assert page.remote.control("GET", "journal/1")["durationMs"] >= 3000


def test_a_time_out_lets_the_client_wait(tab):
    page = tab()
    strike(page, "timeout")
    kept = http.client.HTTPConnection("127.0.0.1", page.remote.server.http_port, timeout=PATIENCE)
    kept.request("GET", "/KeyfactorAPI/Agents")
    page.shows(1, "∅ never")
    kept.close()


def test_a_fault_has_a_time_to_live_and_can_be_taken_away(tab):
    page = tab()
    strike(page, "503", calls="", ttl="30s")
    strike(page, "503", calls="", ttl="10m")
    expect(page("#faults li")).to_have_count(2)
    expect(page("#faults li").first).to_contain_text(re.compile(r"(30|2\d) s left"))
    expect(page("#faults li").last).to_contain_text("10 min left")
    assert [rule["name"] for rule in page.remote.control("GET", "rules")] == ["ui-503", "ui-503-2"]
    page.click("#faults li >> nth=0 >> button")
    expect(page("#faults li")).to_have_count(1)
    page.click("#faults li button")
    expect(page("#faults li")).to_have_count(0)
    assert page.remote.request().status == 200 and page.remote.control("GET", "rules") == []


def test_a_fault_on_an_operation_that_does_not_exist_is_doubted(tab):
    page = tab()
    page("#target").fill("GET /Agnts")
    page.click("#fault button")
    page.toast("did you mean 'GET /Agents'")


# Rules

def test_mistakes_in_a_rule_are_drawn_as_lint_draws_them(tab, tmp_path):
    page = tab()
    page.go("rules")
    expect(page("#rules")).to_contain_text("No rule is in force")
    rule = "name: x\noperation: GET /Agents\ndo:\n  - refuse: unavailible\n  - dalay: 3s\n"
    page("#yaml").fill(rule)
    page.click("#add-rule")
    expect(page("#mistakes")).to_contain_text("^~~~~~~~~~~ did you mean 'unavailable'?")
    (tmp_path / "file.yaml").write_text("rules:\n  - " + rule.replace("\n", "\n    ").strip() + "\n")
    lint = subprocess.run([BINARY, "lint", tmp_path / "file.yaml"], capture_output=True, text=True, timeout=PATIENCE).stderr
    plain = lambda text: [re.sub(r"^.*?:\d+:\d+: ", "", line).strip() for line in text.strip().splitlines() if not re.match(r"\s*\d* \|", line) and "problem" not in line]
    drawn = plain(page("#mistakes").inner_text())
    assert drawn and all(any(line in other for other in plain(lint)) for line in drawn), (drawn, lint)
    page("#yaml").fill(rule.replace("unavailible", "unavailable").replace("dalay", "delay"))
    page.click("#add-rule")
    expect(page("#mistakes")).to_be_hidden()
    expect(page("#rule-list tbody tr")).to_contain_text("refuse unavailable")


def test_rules_show_their_counts_and_can_be_removed(tab):
    page = tab("rules:\n  - { name: second, operation: GET /Agents, calls: 2, do: [ { refuse: unavailable } ] }\n")
    panel = page.go("rules")
    page.remote.statuses(3)
    row = panel.locator("tbody tr")
    expect(row.locator("td").nth(3)).to_have_text("3")
    expect(row.locator("td").nth(4)).to_have_text("1")
    row.locator("button").click()
    expect(panel).to_contain_text("No rule is in force")
    assert page.remote.control("GET", "rules") == []


# The estate and its jobs

def test_the_estate_is_searched_and_an_agent_approved(tab):
    page = tab(FROZEN)
    panel = page.go("estate")
    expect(panel.locator("tbody tr")).to_have_count(2)
    panel.locator("tr", has_text="uo-2").locator("button", has_text="approve").click()
    page.toast("uo-2 is approved")
    expect(panel.locator("tr", has_text="uo-2")).to_contain_text("approved")
    status = {agent["machine"]: agent["status"] for agent in page.remote.control("GET", "estate")["agents"]}
    assert status == {"uo-1": "approved", "uo-2": "approved"}
    page("#estate-kind").select_option("certificateStores")
    expect(panel).to_contain_text('"Minutes":60')
    page.press("Escape")
    page("#estate-q").fill("OTHER-7")
    expect(page("#estate-count")).to_have_text("1 certificateStores")
    panel.locator("summary").click()
    expect(panel.locator("pre")).to_contain_text('"machine": "other-7"')
    page("#estate-q").fill("no such store")
    expect(panel).to_contain_text("There are no certificateStores that contain this.")
    for kind in "storeTypes", "containers", "jobTypes", "certificates", "templates", "roles":
        page("#estate-kind").select_option(kind)
        expect(page("#estate-count")).to_contain_text(kind)


def test_jobs_stand_on_a_timeline_and_are_moved_on(tab):
    page = tab()
    panel = page.go("jobs")
    expect(panel).to_contain_text("No job has been scheduled here")
    page.remote.control("PUT", "clock", {"mode": "frozen"})
    page.remote.job(page.remote.agent())
    row = panel.locator("tbody tr")
    expect(row).to_have_count(1)
    states = []
    for _ in range(8):
        state = row.locator("td").nth(2).inner_text()
        states.append(state)
        if state == "over":
            break
        row.locator("button", has_text="step").click()
        expect(row.locator("td").nth(2)).not_to_have_text(state)
    assert states[-1] == "over" and len(states) > 1
    expect(row.locator(".track .good")).to_have_count(1)
    row.locator("summary").click()
    expect(row).to_contain_text("Success")
    assert len(page.remote.control("GET", "jobs/over")) == 1


# Time

def test_the_clock_is_moved_and_what_fell_due_is_said(tab):
    page = tab(FROZEN)
    expect(page("#now")).to_have_text("2026-03-01 09:00:00Z")
    expect(page("#mode")).to_have_text("‖ frozen")
    expect(page("#due")).to_contain_text("next due 2026-03-01")
    page.click("[data-clock='1h']")
    page.toast("1 runs began")
    expect(page("#now")).to_have_text("2026-03-01 10:00:00Z")
    page.click("[data-clock='1d']")
    expect(page("#now")).to_have_text("2026-03-02 10:00:00Z")
    page.click("[data-clock='to']")
    page("#moment").fill("2026-04-01T00:00:00Z")
    page.press("Enter")
    expect(page("#now")).to_have_text("2026-04-01 00:00:00Z")
    page.click("[data-clock='to']")
    page("#moment").fill("2020-01-01T00:00:00Z")
    page.click("#dialog button")
    page.toast("Time only advances")
    page.click("#toggle")
    expect(page("#mode")).to_have_text("▶ runs")
    page("#rate").select_option("3600")
    expect(page("#mode")).to_have_text("▶ 3600×")
    assert page.remote.control("GET", "clock")["rate"] == 3600
    page.click("#toggle")
    expect(page("#mode")).to_have_text("‖ frozen")


# Worlds

def test_worlds_are_chosen_forked_reset_and_dropped(tab):
    page = tab()
    page.remote.request()
    page.shows(1)
    panel = page.go("worlds")
    panel.locator("button", has_text="fork").click()
    page("#fork").fill("copy")
    page.press("Enter")
    expect(panel.locator("tbody tr")).to_have_count(2)
    panel.locator("tr", has_text="copy").locator("button", has_text="choose").click()
    assert "#w=copy" in page.page.url
    page.go("requests")
    expect(page("#empty")).to_contain_text("X-Mock-World: copy")
    Remote(page.remote.server, "copy").request(path="/Agnets")
    page.shows(1, "! 404", "copy")
    page.open()
    assert "X-Mock-World: copy" in page.copied("curl")
    page("#world").select_option("default")
    page.shows(1, "✓ 200", "default")
    page.go("worlds")
    panel.locator("tr", has_text="▸ default").locator("button", has_text="reset").click()
    page.click("#dialog button:text-is('yes')")
    expect(panel.locator("tr", has_text="default").locator("td").nth(1)).to_have_text("0")
    page.go("requests")
    expect(page.rows).to_have_count(0)
    page.go("worlds")
    panel.locator("tr", has_text="copy").locator("button", has_text="drop").click()
    page.click("#dialog button:text-is('yes')")
    expect(panel.locator("tbody tr")).to_have_count(1)


# Verdicts and coverage

def test_verdicts_say_what_was_expected_found_and_nearest(tab):
    page = tab(EXPECTS)
    page.remote.request()
    panel = page.go("verdicts")
    expect(panel.locator("h2")).to_contain_text("✗ failed")
    expect(panel.locator("tbody tr").nth(0)).to_contain_text("1 request")
    expect(panel.locator("tbody tr").nth(1)).to_contain_text("✓ met")
    panel.locator("button", has_text="#1").click()
    expect(page("#one h2")).to_contain_text("#1 GET")
    page.go("verdicts")
    page.remote.request()
    expect(panel.locator("h2")).to_contain_text("✓ met")


def test_coverage_and_metrics_are_bars(tab):
    page = tab()
    panel = page.go("coverage")
    expect(panel).to_contain_text("No operation has been asked yet.")
    page.remote.statuses(3)
    page.remote.request(path="/Status/Endpoints")
    expect(panel.locator("tbody tr").nth(0)).to_contain_text("GET /Agents")
    expect(panel.locator("meter").first).to_have_attribute("aria-label", "GET /Agents: 3")
    expect(panel).to_contain_text("journals")


def test_the_page_changes_neither_verdict_nor_coverage_nor_metrics(tab):
    page = tab(EXPECTS)
    page.remote.statuses(2)
    counts = lambda: (page.remote.control("POST", "verify"), page.remote.control("GET", "coverage"), [line for line in page.remote.control("GET", "metrics").splitlines() if "requests_total" in line or "strikes" in line or "answer_seconds" in line])
    before = counts()
    for view in "rules", "estate", "jobs", "verdicts", "coverage", "worlds", "requests":
        page.go(view)
        expect(page(f"#{view}")).to_be_visible()
    page.page.reload()
    page.shows(2)
    assert counts() == before


def test_a_reset_empties_the_table(tab):
    page = tab()
    page.remote.statuses(3)
    expect(page.rows).to_have_count(3)
    page.remote.control("POST", "reset")
    expect(page.rows).to_have_count(0)
    page.remote.request()
    page.shows(1)
    page.click("#clear")
    expect(page.rows).to_have_count(0)
    page.remote.request()
    page.shows(2)


def test_what_is_held_back_is_shown_until_it_is_done(tab):
    page = tab("rules:\n  - { operation: GET /Agents, do: [ { delay: 2s, at: request } ] }\n")
    asking = threading.Thread(target=page.remote.request)
    asking.start()
    expect(page.rows.first).to_contain_text("… held back")
    asking.join()
    page.shows(1, "✓ 200")
    expect(page.rows).to_have_count(1)
