"""What clients send is text in the page, whatever it is; and pages of others get nothing."""

import http.server
import json
import threading

import pytest
from playwright.sync_api import expect

from support.control import Remote

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "\u202egnp.exe\u2066", "\"'><svg onload=alert(1)>", "{{7*7}}${alert(1)}", "</td></table><h1>mine</h1>",
    "a" * 3000]


def seen(page):
    """Elements that only markup of a client's could have made."""
    return page.page.evaluate("document.querySelectorAll('script:not([src]), img, svg, iframe, object, embed, a, main h1').length")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_in_every_field_stays_text(tab, text):
    from urllib.parse import quote

    page = tab()
    remote, short = page.remote, text[:100]
    agent = remote.agent()
    header = short.encode("ascii", "replace").decode()
    remote.control("PATCH", "estate", {
        "agents": [{"machine": short, "version": "1", "username": short}], "jobTypes": [{"name": "Evil", "description": short}], "containers": [{"name": short}],
        "certificateStores": [{"machine": short, "path": short, "agent": "uo-1"}]})
    remote.control("POST", "rules", {"name": short, "operation": "GET /Agents", "where": {"header.X-Evil": short}, "ttl": "1h", "do": [{"refuse": {"status": 418, "message": short, "headers": {"X-Evil": header}}}]})
    remote.request(headers={"User-Agent": header, "X-Request-Id": header, "X-Evil": header})
    remote.request(path=f"/Agents/{quote(text)}?{quote(short)}={quote(short)}")
    remote.request(path="/" + quote(text, safe=""))
    remote.request("POST", "/OrchestratorJobs/Custom", {"AgentId": agent, "JobTypeName": text, "JobFields": {short: text}}, {"Content-Type": "application/json"})
    remote.request("POST", "/OrchestratorJobs/Custom", {"AgentId": agent, "JobTypeName": "Evil", "JobFields": {}}, {"Content-Type": "application/json"})
    remote.request(method="EVIL")
    remote.control("PATCH", "estate", {"agents": [{"machine": "uo-1", "capabilities": ["Evil", "PEM"]}]})
    remote.control("PATCH", "estate", {"jobs": [{"agent": "uo-1", "jobType": "Evil"}]})
    count = len(remote.journal())
    expect(page.rows).to_have_count(count)
    for row in range(count):
        page.open(row)
        for part in "request", "reply", "why":
            page.click(f"#part-{part}")
            expect(page("#part")).to_be_visible()
        for name in "curl", "Python", "PowerShell", "Go", "rule", "expectation":
            assert page.copied(name)
    for view in "rules", "estate", "jobs", "verdicts", "coverage", "worlds":
        page.go(view)
        expect(page(f"#{view}")).not_to_be_empty()
    page.go("estate")
    for kind in "agents", "jobTypes", "containers", "certificateStores":
        page("#estate-kind").select_option(kind)
        expect(page("#estate")).to_contain_text("Evil" if kind == "jobTypes" else short[:30])
    page("#filter").evaluate("(field, text) => { field.value = text; field.dispatchEvent(new Event('input')); }", short)
    assert seen(page) == 0
    assert page.page.evaluate("getComputedStyle(document.querySelector('#rows td') ?? document.querySelector('td')).unicodeBidi") == "isolate"


def test_hostile_text_in_the_address_stays_text(tab):
    page = tab("", "#q=<img src=x onerror=alert(1)>&t=constructor&w=<b>&n=1e9&s=__proto__", wait=False)
    expect(page("#requests")).to_be_visible()
    expect(page("#live")).to_contain_text("✗")
    assert seen(page) == 0


def test_trusted_types_keep_markup_out_by_force(tab):
    page = tab()
    assert page.page.evaluate("() => { try { document.body.innerHTML = '<b>x</b>'; return 'made'; } catch (error) { return error.name; } }") == "TypeError"
    assert page.page.evaluate("() => { try { document.createElement('script').src = 'x.js'; return 'made'; } catch (error) { return error.name; } }") == "TypeError"
    assert len(page.errors) == 2 and all("TrustedHTML" in each or "TrustedScript" in each for each in page.errors)
    page.errors.clear()


# The token

def test_the_page_asks_for_the_token_and_keeps_it_in_memory(tab):
    page = tab("", "", "--admin-token", "t0ken", wait=False)
    expect(page("#dialog")).to_contain_text("--admin-token")
    page("#token").fill("wrong")
    page.press("Enter")
    expect(page("#token")).to_have_value("")
    expect(page("#dialog")).to_be_visible()
    page("#token").fill("t0ken")
    page.press("Enter")
    expect(page("#live")).to_have_text("● live")
    kept = page.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])")
    assert "t0ken" not in kept and not any("t0ken" in url for url in page.asked)
    page.page.reload()
    expect(page("#token")).to_be_visible()


def test_a_token_in_the_address_is_used_and_removed_from_it(tab):
    page = tab("", "#token=t0ken", "--admin-token", "t0ken")
    assert "t0ken" not in page.page.url
    page.page.go_back()
    assert "t0ken" not in page.page.url


def test_beyond_the_loopback_without_a_token_the_page_reads_and_says_why(tab):
    page = tab("", "", "--host", "0.0.0.0")
    page.remote.request()
    page.shows(1)
    expect(page("#notice")).to_contain_text("only reads")
    expect(page("#fault button")).to_be_disabled()
    expect(page("#toggle")).to_be_disabled()
    page.open()
    expect(page("#one button:text-is('replay')")).to_be_disabled()


def test_with_a_port_of_its_own_the_page_is_there_and_does_all_it_does(browser, serve, tab):
    server = serve("", "--admin-port", "0")
    page = tab(server=server, port=server.ready["admin"])
    server.ask("GET", "/KeyfactorAPI/Agents")
    page.shows(1)
    page.open()
    assert f"http://localhost:{server.http_port}/KeyfactorAPI/Agents" in page.copied("curl")
    page.click("#one button:text-is('replay')")
    page.shows(2)
    page.click("#fault button")
    expect(page("#faults li")).to_have_count(1)
    assert server.ask("GET", "/KeyfactorAPI/Agents").status == 503


# Pages of others

TRIES = """
async () => {
    const server = 'http://%s:%d';
    const said = [];
    for (const [path, options] of [
        ['/_mock/journal', {}], ['/_mock/journal', {mode: 'no-cors'}], ['/_mock/ui', {}], ['/_mock/ui/page.js', {mode: 'no-cors'}],
        ['/_mock/reset', {method: 'POST', mode: 'no-cors'}], ['/_mock/reset', {method: 'POST', mode: 'no-cors', body: '{}', headers: {'Content-Type': 'text/plain'}}],
        ['/_mock/reset', {method: 'POST', body: '{}', headers: {'Content-Type': 'application/json', 'X-Mock-UI': '1'}}], ['/_mock/worlds/default', {method: 'DELETE'}],
        ['/_mock/changes?wait=60', {mode: 'no-cors'}]]) {
        try {
            const reply = await fetch(server + path, options);
            said.push(reply.type === 'opaque' ? 'opaque' : reply.status);
        } catch (error) { said.push(error.name); }
    }
    await new Promise(done => { const image = new Image(); image.onload = image.onerror = done; image.src = server + '/_mock/journal'; });
    const frame = document.createElement('iframe');
    [frame.name, frame.src] = ['inside', server + '/_mock/ui'];
    document.body.append(frame);
    await new Promise(done => (frame.onload = done));
    const form = document.createElement('form');
    [form.action, form.method, form.target] = [server + '/_mock/reset', 'POST', 'inside'];
    document.body.append(form);
    const answered = new Promise(done => (frame.onload = done));
    form.submit();
    await Promise.race([answered, new Promise(done => setTimeout(done, 5000))]);
    let inside = 'closed';
    try { inside = frame.contentDocument?.title ?? 'closed'; } catch (error) { inside = error.name; }
    return [said, inside];
}
"""


@pytest.fixture
def elsewhere():
    """A page of somebody else's on another port."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>theirs</title><body>")

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_page_of_another_port_or_host_reads_nothing_and_changes_nothing(browser, serve, elsewhere, host):
    server = serve("")
    remote = Remote(server)
    remote.request()
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://{host}:{elsewhere}/")
    said, inside = page.evaluate(TRIES % ("localhost", server.http_port))
    assert set(said) <= {"opaque", "TypeError"} and inside != "keyfactor-mock", said
    assert len(remote.journal()) == 1 and remote.control("GET", "worlds")[0]["generation"] == 0
    assert remote.control("GET", "changes")["generation"] == 0
    context.close()


def test_a_name_that_was_made_to_point_here_gets_nothing(browser, serve):
    server = serve("")
    context = browser.new_context()
    page = context.new_page()
    reply = page.goto(f"http://evil.example:{server.http_port}/_mock/ui")
    assert reply.status == 403 and "Host" in json.loads(reply.text())["error"]
    statuses = page.evaluate("""async () => {
        const statuses = [];
        for (const [path, method] of [['journal', 'GET'], ['reset', 'POST']]) {
            const headers = {'X-Mock-UI': '1', 'Content-Type': 'application/json'};
            statuses.push((await fetch('/_mock/' + path, {method, headers})).status);
        }
        return statuses;
    }""")
    assert statuses == [403, 403] and Remote(server).control("GET", "changes")["generation"] == 0
    context.close()
