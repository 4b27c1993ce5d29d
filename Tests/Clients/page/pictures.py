"""Makes the pictures of docs/CONTROL.md from the real page, at most 200 KB each."""

import contextlib
import os
import shutil

from playwright.sync_api import expect, sync_playwright

from support.control import Remote
from support.mock import ROOT, Mock

SCENARIO = """
clock: { start: 2026-03-01T09:00:00Z, mode: frozen }
rules:
  - { name: stumbles, operation: POST /OrchestratorJobs/Custom, calls: 1, do: [ { refuse: unavailable } ] }
  - { name: lost-reply, operation: POST /OrchestratorJobs/Custom, calls: 1, do: [ { break: reset, at: reply } ] }
estate:
  certificateStores:
    - { machine: web-1, path: /etc/ssl/app.pem, agent: uo-1, schedule: { Interval: { Minutes: 60 } } }
"""
MOST = 200_000


def order(remote, agent):
    with contextlib.suppress(OSError):
        remote.request("POST", "/OrchestratorJobs/Custom", {"AgentId": agent, "JobTypeName": "SampleCustomJobType", "JobFields": {"ParamInt": "3"}})


def take(page, name):
    file = ROOT / "docs" / name
    page.screenshot(path=file)
    assert file.stat().st_size <= MOST, f"{name} has {file.stat().st_size} bytes"


def main():
    server = Mock(SCENARIO, ports=("--http-port", "18480", "--https-port", "0"))
    remote = Remote(server)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium-headless-shell"), args=["--no-sandbox"] if os.geteuid() == 0 else [])
        page = browser.new_context(viewport={"width": 1240, "height": 560}).new_page()
        page.goto(server.http + "/")
        expect(page.locator("#live")).to_have_text("● live")
        agent = remote.agent()
        for _ in range(3):
            order(remote, agent)
        remote.request(path="/OrchestratorJobs/JobHistory")
        remote.request(path="/Agnets")
        remote.control("POST", "rules", {"name": "ui-503", "operation": "GET /Agents", "calls": "1-2", "ttl": "60s", "do": [{"refuse": "unavailable"}]})
        remote.request()
        rows = page.locator("#rows tbody tr:not(.gap)")
        expect(rows).to_have_count(7)
        rows.nth(4).click()
        page.click("#part-why")
        expect(page.locator("#sentence")).to_have_text("The job was made; its reply was lost.")
        take(page, "page-requests.png")
        page.click("#tab-jobs")
        remote.control("POST", "clock/advance", {"by": "5h"})
        order(remote, agent)
        expect(page.locator("#jobs")).to_contain_text("5 attempts")
        page.set_viewport_size({"width": 1240, "height": 320})
        take(page, "page-jobs.png")
        browser.close()
    server.stop()


if __name__ == "__main__":
    main()
