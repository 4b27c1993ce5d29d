"""The page at /_mock/ui in a real browser, Debian's chromium-headless-shell. Without one these tests are skipped."""

import os
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from support.control import Remote, until
from support.mock import SLOWNESS

BROWSERS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]

expect.set_options(timeout=10_000 * SLOWNESS)


@pytest.fixture(scope="session")
def browser():
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not path:
        pytest.skip(f"there is no browser: apt install {BROWSERS[0]}")
    with sync_playwright() as playwright:
        # What is resolved here is what a name that was made to point here resolves to.
        rules = ["--host-resolver-rules=MAP evil.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=path, args=rules + (["--no-sandbox"] if os.geteuid() == 0 else []))
        yield browser
        browser.close()


class Tab:
    """A tab with the page, and what the browser has said and asked meanwhile."""

    def __init__(self, browser, server, address="", wait=True, port=None, **settings):
        self.remote = Remote(server)
        self.origin = f"http://localhost:{port or server.http_port}"
        self.context = browser.new_context(**{"viewport": {"width": 1400, "height": 800}, **settings})
        self.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=self.origin)
        self.page = self.context.new_page()
        self.errors, self.asked, self.refused = [], [], []
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("response", lambda reply: self.refused.append((reply.status, reply.url)) if reply.status >= 400 else None)
        self.page.goto(self.origin + "/_mock/ui" + address)
        if wait:
            expect(self("#live")).to_have_text("● live")

    def __call__(self, selector):
        return self.page.locator(selector)

    def click(self, selector):
        self.page.click(selector)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def go(self, view):
        self.click(f"#tab-{view}")
        return self(f"#{view}")

    @property
    def rows(self):
        return self("#rows tbody tr:not(.gap)")

    def shows(self, *words, row=0):
        """Waits until a row contains words; a number is that of the exchange."""
        for word in words:
            if isinstance(word, int):
                expect(self.rows.nth(row).locator("td.n")).to_have_text(str(word))
            else:
                expect(self.rows.nth(row)).to_contain_text(word)

    def open(self, row=0):
        self.rows.nth(row).click()
        expect(self("#one")).to_be_visible()

    def copied(self, name):
        """What the button copies."""
        self.page.evaluate("navigator.clipboard.writeText('')")
        self.click(f"#one .buttons button:text-is('{name}')")
        until(lambda: self.page.evaluate("navigator.clipboard.readText()"))
        return self.page.evaluate("navigator.clipboard.readText()")

    def toast(self, text):
        expect(self("#toast")).to_contain_text(text)

    def close(self):
        self.context.close()
        assert {url for url in self.asked if not url.startswith((self.origin + "/", "data:"))} == set(), "a request off the host"
        # The browser reports every reply from 400 on; those are counted where they are meant.
        errors = [error for error in self.errors if not error.startswith("Failed to load resource")]
        assert errors == [], errors


@pytest.fixture
def tab(browser, serve):
    """Opens tabs: `tab(scenario, address, *options)`; at the end the browser must not have complained."""
    tabs = []

    def open_tab(scenario="", address="", *options, server=None, **settings):
        tabs.append(Tab(browser, server or serve(scenario, *options), address, **settings))
        return tabs[-1]

    yield open_tab
    for each in tabs:
        each.close()
