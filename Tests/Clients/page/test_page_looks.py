"""How the page looks: light, dark, narrow, huge; for those who do not see it; how soon it is there; and under load."""

import http.client
import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from support.control import resident
from support.mock import PATIENCE, SLOWNESS

VIEWS = ["requests", "rules", "estate", "jobs", "verdicts", "coverage", "worlds"]
SIZES = {"phone": (360, 640), "tablet": (800, 1100), "laptop": (1400, 800), "4K": (3840, 2160)}
FAILS = """
rules:
  - { name: stumbles, operation: POST /OrchestratorJobs/Custom, calls: 1, do: [ { refuse: unavailable } ] }
expect:
  - { requests: { operation: GET /Agents }, count: "1+" }
"""


def filled(page):
    """Something of everything to look at."""
    remote = page.remote
    agent = remote.agent()
    remote.request(path="/Agnets")
    for _ in range(2):
        remote.request("POST", "/OrchestratorJobs/Custom", {"AgentId": agent, "JobTypeName": "SampleCustomJobType", "JobFields": {"ParamInt": "3"}})
    remote.control("POST", "rules", {"name": "ui-503", "operation": "GET /Agents", "ttl": "1h", "do": [{"refuse": "unavailable"}]})
    expect(page.rows).to_have_count(4)
    return page


def boxes(page):
    """Where the parts of the page are: what is compared between light and dark."""
    return page.page.evaluate("""() => Object.fromEntries([...document.querySelectorAll('header, nav, main, footer, [role=tabpanel]:not([hidden]), #one, #rows thead th, h2, .bar')]
        .filter(element => element.getClientRects().length).map((element, place) => {
            const box = element.getBoundingClientRect();
            return [place + element.tagName + (element.id || ''), [box.x, box.y, box.width].map(Math.round)];
        }))""")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(tab, view, scheme):
    page = filled(tab(FAILS, color_scheme=scheme))
    page.go(view)
    expect(page(f"#{view}")).not_to_be_empty()
    if view == "requests":
        page.open(1)
        page.click("#part-why")
    found = Axe().run(page.page).response["violations"]
    assert [(each["id"], each["impact"], [node["html"][:200] for node in each["nodes"]]) for each in found] == []


def test_axe_finds_nothing_in_dialogs_and_empty_views(tab):
    page = tab()
    for view in VIEWS:
        page.go(view)
        expect(page(f"#{view}")).not_to_be_empty()
        assert Axe().run(page.page).response["violations"] == [], view
    page.press("?")
    assert Axe().run(page.page).response["violations"] == []


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_nothing_is_cut_off_at_any_size(tab, size):
    page = filled(tab(FAILS, viewport={"width": size[0], "height": size[1]}))
    for view in VIEWS:
        page.go(view)
        expect(page(f"#{view}")).not_to_be_empty()
        wide = page.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size[0], (view, wide)
        for part in "header", "nav", "main", "footer":
            box = page(f"body > {part}").bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= size[0] + 1 and box["height"] > 0, (view, part, box)
        assert page("main").bounding_box()["height"] >= size[1] * 0.3, view
    page.go("requests")
    page.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    for column in "n", "method", "path", "status":
        box = page.rows.first.locator(f"td.{column}").bounding_box()
        assert box["width"] >= 20, (column, box)
    assert page.rows.first.locator("td.path").bounding_box()["width"] >= 90
    page.open()
    box = page("#one").bounding_box()
    assert box["width"] >= min(300, size[0] * 0.9)
    font = page.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert 13 <= font <= 22 and (size[0] < 3000 or font > 19), "readable on a large screen"


def luminance(page, selector, what):
    rgb = page.page.evaluate("([selector, what]) => getComputedStyle(document.querySelector(selector))[what].match(/[0-9.]+/g).map(Number)", [selector, what])
    channels = [value / 255 for value in rgb[:3]]
    return sum(weight * (value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4) for weight, value in zip((0.2126, 0.7152, 0.0722), channels))


@pytest.mark.parametrize("size", ["phone", "laptop"])
def test_light_and_dark_have_the_same_structure_and_the_systems_brightness(tab, serve, size):
    server = serve(FAILS)
    width, height = SIZES[size]
    pages = {scheme: tab(server=server, color_scheme=scheme, viewport={"width": width, "height": height}) for scheme in ("light", "dark")}
    filled(pages["light"])
    expect(pages["dark"].rows).to_have_count(4)
    light, dark = pages["light"], pages["dark"]
    assert luminance(light, "body", "backgroundColor") > 0.8 > luminance(light, "body", "color")
    assert luminance(dark, "body", "backgroundColor") < 0.1 < luminance(dark, "body", "color")
    for view in VIEWS:
        for page in pages.values():
            page.go(view)
            expect(page(f"#{view}")).not_to_be_empty()
        if view == "requests":
            for page in pages.values():
                page.open(1)
        assert boxes(light) == boxes(dark), view
    assert len(light.page.screenshot()) > 5_000 and light.page.screenshot() != dark.page.screenshot()


def test_whoever_wants_no_motion_has_none(tab):
    page = filled(tab(FAILS, reduced_motion="reduce"))
    moving = page.page.evaluate("[...document.querySelectorAll('*')].filter(each => { const style = getComputedStyle(each); return style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0; }).length")
    assert moving == 0


def test_every_ending_has_a_sign_and_a_word(tab):
    page = tab("rules:\n  - { operation: GET /Agents, do: [ { break: reset, at: reply } ] }\n")
    try:
        page.remote.request()
    except OSError:
        pass
    page.remote.request(path="/Status/Endpoints")
    page.remote.request(path="/Agnets")
    expect(page.rows.locator("td.status")).to_have_text(["! 404 ⚠", "✓ 200", "✂ reset"])


# Speed

@pytest.mark.alone
def test_the_page_is_painted_soon(tab):
    page = tab()
    times = []
    for _ in range(5):
        page.page.reload()
        expect(page("#live")).to_have_text("● live")
        times.append(page.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    assert sorted(times)[2] <= 300 * SLOWNESS, times


@pytest.mark.alone
def test_a_hundred_requests_a_second_stay_smooth_and_bounded(tab, request):
    import os

    seconds = int(os.environ.get("PAGE_SECONDS") or 10)
    page = tab()
    client = page.context.new_cdp_session(page.page)
    kept = http.client.HTTPConnection("127.0.0.1", page.remote.server.http_port, timeout=PATIENCE)

    def heap():
        client.send("HeapProfiler.collectGarbage")
        return client.send("Runtime.getHeapUsage")["usedSize"]

    def ask(count):
        began = time.monotonic()
        for number in range(count):
            kept.request("GET", "/KeyfactorAPI/Status/Endpoints")
            kept.getresponse().read()
            # Waits for the moment of the next, so that a hundred come in a second.
            time.sleep(max(0, began + (number + 1) / 100 - time.monotonic()))

    page.page.evaluate("""() => {
        window.slowest = 0;
        let last = performance.now();
        const tick = now => { window.slowest = Math.max(window.slowest, now - last); last = now; requestAnimationFrame(tick); };
        requestAnimationFrame(tick);
    }""")
    ask(100)
    expect(page("#count")).to_contain_text("100 of 100")
    before = heap()
    asked = len(page.asked)
    ask(100 * seconds)
    # What the journal has had to drop is no longer in the table, only in the sum.
    expect(page("#count")).to_contain_text(re.compile(f"{100 * seconds + 100} (of|in all)"))
    grown = heap() - before
    assert len(page.asked) - asked <= 11 * seconds + 5, "at most ten updates a second"
    assert grown < 2_500 * min(10_000, 100 * seconds) + 3_000_000, grown
    assert page.page.evaluate("document.getElementsByTagName('*').length") < 2_000
    assert page.page.evaluate("window.slowest") < 500 * SLOWNESS
    assert resident(page.remote.server) < 400_000_000
    kept.close()
