// The page at /_mock/ui. Everything that came from a client is put into the document as text, never as markup.

const $ = id => document.getElementById(id);
const MOST_ROWS = 10000;

/** What the page knows. `rows` are the newest first. */
const S = {
  world: "default", tab: "requests", q: "", op: "", class: "", struck: "", token: "", paused: false,
  rows: [], shown: [], pending: [], chosen: null, detail: null, part: "request", cursor: "", news: null, newsAt: 0, total: 0,
};

/** Makes an element. Attributes that are functions are listeners; children are elements or text. */
function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (key === "class") element.className = value;
    else if (key in element && key !== "list") element[key] = value;
    else if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.flat(Infinity).filter(each => each !== null && each !== undefined && each !== false).map(each => (each instanceof Node ? each : String(each))));
  return element;
}
const button = (text, click, more = {}) => h("button", { type: "button", click, ...more }, text);
const sleep = milliseconds => new Promise(done => setTimeout(done, milliseconds));

let toastTimer = 0;
function toast(text) {
  $("toast").textContent = text;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => ($("toast").textContent = ""), 6000);
}

// ---- Asking the server

const below = () => `/_mock/worlds/${encodeURIComponent(S.world)}/`;

/** Asks the control interface; `body` is sent as JSON, a text as YAML. Throws what the server says is wrong. */
async function ask(method, path, body, signal) {
  const headers = { "X-Mock-UI": "1" };
  if (S.token) headers["X-Mock-Token"] = S.token;
  if (method !== "GET") headers["Content-Type"] = typeof body === "string" ? "application/yaml" : "application/json";
  const sent = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const reply = await fetch(path.startsWith("/") ? path : below() + path, { method, headers, body: sent, signal, cache: "no-store" });
  const text = await reply.text();
  let value = text;
  try { value = text ? JSON.parse(text) : null; } catch { /* a text */ }
  if (reply.status === 401) { await askForToken(); return ask(method, path, body, signal); }
  if (!reply.ok) throw Object.assign(new Error(value?.error ?? `${reply.status}`), { status: reply.status });
  return value;
}

/** Does something and says what went wrong, if anything did. */
async function attempt(work, said) {
  try {
    const result = await work();
    if (said) toast(typeof said === "function" ? said(result) : said);
    return result ?? true;
  } catch (error) {
    toast(error.message);
    return null;
  }
}

function dialog(title, ...content) {
  const box = $("dialog");
  if (box.open) box.close();
  box.replaceChildren(h("h2", { id: "asked" }, title), ...content);
  box.showModal();
  return box;
}

let asking = null;
function askForToken() {
  asking ??= new Promise(done => {
    const field = h("input", { type: "password", id: "token", "aria-label": "Token", autocomplete: "off" });
    const use = () => {
      S.token = field.value;
      box.close();
    };
    field.addEventListener("keydown", event => { if (event.key === "Enter") use(); });
    const box = dialog("This server asks for its token", h("p", {}, "It was started with --admin-token. The page keeps the token in memory only."), field, " ", button("use it", use, { class: "main" }));
    box.addEventListener("close", () => { asking = null; done(); }, { once: true });
    field.focus();
  });
  return asking;
}

// ---- Following along

let following = null;
async function follow() {
  following?.abort();
  const mine = (following = new AbortController());
  let wait = S.cursor ? 25 : 0;
  while (!mine.signal.aborted) {
    if (document.hidden) await new Promise(done => document.addEventListener("visibilitychange", done, { once: true }));
    const began = performance.now();
    try {
      const since = S.cursor ? `&since=${S.cursor}` : "";
      const news = await ask("GET", `changes?why=true&wait=${wait}${since}`, undefined, mine.signal);
      if (mine.signal.aborted) return;
      take(news);
      live("● live", "good");
      wait = 25;
      await sleep(Math.max(0, 100 - (performance.now() - began)));
    } catch (error) {
      if (mine.signal.aborted) return;
      if (error.status === 503) { live("○ every two seconds: 16 pages follow already", "warn"); wait = 0; } else live(error.status === 404 ? "✗ this world is gone" : "✗ the server does not answer", "bad");
      await sleep(2000);
    }
  }
}
function live(text, kind) {
  if ($("live").textContent !== text) $("live").textContent = text;
  $("live").className = kind;
}

/** Takes in what has happened. */
function take(news) {
  S.news = news;
  S.newsAt = performance.now();
  if (!news.continues) [S.rows, S.chosen, S.detail] = [[], S.cursor ? null : S.chosen, null];
  S.cursor = news.cursor;
  S.total = news.total;
  const fresh = news.exchanges.reverse();
  S.rows = fresh.concat(S.rows);
  if (S.rows.length > MOST_ROWS) S.rows.length = MOST_ROWS;
  while (S.rows.length && S.rows.at(-1).n <= news.gone) S.rows.pop();
  S.pending = news.pending.reverse();
  if (!news.mayWrite) notice("Others than this machine can reach the server, and it was started without --admin-token: this page only reads.");
  if (!S.paused) show(fresh.length);
  drawFaults();
  drawClock();
  refresh();
}
function notice(text) {
  $("notice").textContent = text;
  $("notice").hidden = false;
}

// ---- Requests

const fits = row => {
  const text = `${row.method} ${row.path} ${row.query} ${row.operation ?? ""} ${row.rule ?? ""} ${row.caller} ${row.status ?? ""} ${row.why ?? ""}`.toLowerCase();
  return S.q.toLowerCase().split(/\s+/).every(word => text.includes(word))
    && (!S.op || (row.operation ?? "").toLowerCase().includes(S.op.toLowerCase()))
    && (!S.class || String(row.status ?? 0)[0] === S.class)
    && (!S.struck || (S.struck === "yes") === (row.rule !== null));
};

/** A sign, a word and a kind for how an exchange ended, so that none depends on colour alone. */
function ending(row) {
  switch (row.delivery) {
    case "pending": return ["…", "held back", "warn"];
    case "never": return ["∅", "never", "bad"];
    case "left": return ["←", "client left", "bad"];
    case "reset": return ["✂", "reset", "bad"];
    case "closed": return ["✂", "closed", "bad"];
    case "broken": return ["✂", `${row.status} broken`, "bad"];
  }
  if (row.status >= 500) return ["✗", row.status, "bad"];
  if (row.status >= 400) return ["!", row.status, "warn"];
  return ["✓", row.status, "good"];
}
const isDone = row => row.effect === "committed";
const time = text => (text ?? "").replace(/^.*T/, "").replace("Z", "");

/** What happened, in a sentence. */
function sentence(row) {
  const made = { "POST /OrchestratorJobs/Custom": "the job was made", "POST /CertificateStores/Schedule": "the schedule was set", token: "the token was given out" }[row.operation] ?? "the work was done";
  const lost = !["whole", "pending"].includes(row.delivery);
  if (row.delivery === "pending") return `The rule '${row.rule}' holds the request back; nothing is done yet.`;
  if (row.delivery === "left") return "The client left before the work; nothing was done.";
  if (isDone(row) && lost) return `${made[0].toUpperCase()}${made.slice(1)}; its reply was lost.`;
  if (lost) return "Nothing was done, and no whole reply came.";
  if (row.rule && row.status >= 400) return isDone(row) ? `${made[0].toUpperCase()}${made.slice(1)}, and yet the rule '${row.rule}' replied with ${row.status}.` : `The rule '${row.rule}' refused it; nothing was done.`;
  if (row.status >= 400) return "It was refused; nothing was done.";
  return isDone(row) ? `${made[0].toUpperCase()}${made.slice(1)}.` : "It only read.";
}

/** Shows the rows that fit. Whoever has scrolled down stays where they are. */
function show(added = 0) {
  const before = S.shown.length;
  S.shown = S.pending.concat(S.rows).filter(fits);
  $("rows").setAttribute("aria-rowcount", S.shown.length + 1);
  const scroll = $("scroll");
  if (added && scroll.scrollTop > 0) scroll.scrollTop += Math.max(0, Math.min(added, S.shown.length - before || added)) * height();
  const gone = S.total - S.rows.length > 0 ? `, ${S.total} in all` : "";
  $("count").textContent = `${S.shown.length} of ${S.rows.length} requests${gone}${S.paused ? ", paused" : ""}`;
  draw();
}
let rowHeight = 0;
const height = () => rowHeight || 24;
let drawn = false;
function draw() {
  if (drawn) return;
  drawn = true;
  requestAnimationFrame(() => { drawn = false; drawNow(); });
}

/** Draws the rows that can be seen, between two gaps as high as the others. */
function drawNow() {
  const scroll = $("scroll"), body = $("rows").tBodies[0];
  const from = Math.max(0, Math.floor(scroll.scrollTop / height()) - 10);
  const to = Math.min(S.shown.length, from + Math.ceil(scroll.clientHeight / height()) + 20);
  const gap = count => {
    const row = h("tr", { class: "gap", "aria-hidden": "true" });
    row.style.height = `${count * height()}px`;
    return row;
  };
  body.replaceChildren(gap(from), ...S.shown.slice(from, to).map((row, place) => line(row, from + place)), gap(S.shown.length - to));
  if (!rowHeight && to > from) rowHeight = body.rows[1].getBoundingClientRect().height;
  const isEmpty = S.shown.length === 0;
  $("empty").hidden = !isEmpty;
  if (isEmpty) drawEmpty();
}
function line(row, place) {
  const [sign, word, kind] = ending(row);
  const miss = row.operation === null && row.rule === null ? " ⚠" : "";
  return h("tr", { "aria-rowindex": place + 2, "aria-selected": String(row === S.chosen || (row.n !== null && row.n === S.chosen?.n)), click: () => choose(row, true) },
    h("td", { class: "n" }, row.n ?? "–"), h("td", { class: "time", title: row.at }, time(row.at)), h("td", { class: "world" }, row.world), h("td", { class: "method" }, row.method),
    h("td", { class: "path", title: row.path }, row.path.replace(/^\/(KeyfactorAPI|Keyfactor\/API)(?=\/)/i, "…") + (row.query ? `?${row.query}` : "")), h("td", { class: `status ${kind}` }, `${sign} ${word}${miss}`),
    h("td", { class: "rule" }, row.rule ?? "–"), h("td", { class: "effect" }, isDone(row) ? "✓ done" : "–"), h("td", { class: "ms" }, row.durationMs));
}
function drawEmpty() {
  const isNew = S.rows.length === 0;
  if ($("empty").dataset.kind === String(isNew)) return;
  $("empty").dataset.kind = isNew;
  $("empty").replaceChildren(...(isNew
    ? [h("p", {}, "No client has asked anything here yet. Point one at ", h("code", {}, base()), ", or begin with:"), code(`curl ${base()}/KeyfactorAPI/Agents${S.world === "default" ? "" : ` -H 'X-Mock-World: ${S.world}'`}`)]
    : [h("p", {}, "No request fits the filter. ", button("show all", resetFilter))]));
}
function resetFilter() {
  [S.q, S.op, S.class, S.struck] = ["", "", "", ""];
  for (const id of ["filter", "operation", "class", "struck"]) $(id).value = "";
  show();
  remember();
}

/** A text in a box, with a button that copies it. */
const code = text => h("div", {}, h("pre", {}, text), button("copy", () => copy(text)));
const base = () => `${S.info?.http ? `http://${location.hostname}:${S.info.http}` : S.info?.https ? `https://${location.hostname}:${S.info.https}` : location.origin}`;

// ---- One request

async function choose(row, isOpen) {
  S.chosen = row;
  draw();
  remember();
  if (!isOpen) return;
  if (row.n === null) return open({ ...row, headers: {}, body: "", replyHeaders: {}, replyBody: null });
  const whole = await attempt(() => ask("GET", `journal/${row.n}`));
  if (whole && S.chosen?.n === row.n) open({ ...row, ...whole });
}
function open(whole) {
  S.detail = whole;
  const [sign, word, kind] = ending(whole);
  const copies = [["curl", asCurl], ["Python", asPython], ["PowerShell", asPowerShell], ["Go", asGo], ["rule", asRule], ["expectation", asExpectation]];
  const parts = ["request", "reply", "why"];
  const tabs = h("div", { role: "tablist", "aria-label": "Parts" }, parts.map(part => h("button", {
    type: "button", role: "tab", id: `part-${part}`, "aria-selected": String(part === S.part), "aria-controls": "part", tabIndex: part === S.part ? 0 : -1,
    click: () => { S.part = part; open(whole); $(`part-${part}`).focus(); } }, part[0].toUpperCase() + part.slice(1))));
  $("one").replaceChildren(
    h("div", { class: "buttons" }, h("span", { class: "quiet" }, "copy as "), copies.map(([name, make]) => button(name, () => copy(make(whole)))),
      button("replay", () => replay(whole), { disabled: !mayWrite() || whole.n === null }), button("break next", () => breakNext(whole), { disabled: !mayWrite() }), button("✕", close, { "aria-label": "Close" })),
    h("h2", {}, `#${whole.n ?? "–"} ${whole.method} ${whole.path} `, h("span", { class: kind }, `${sign} ${word}`)),
    h("p", { id: "sentence" }, sentence(whole)), tabs, h("div", { id: "part", role: "tabpanel", "aria-labelledby": `part-${S.part}`, tabIndex: 0 }, partOf(whole)));
  $("one").hidden = false;
}
function close() {
  $("one").hidden = true;
  S.detail = null;
  $("scroll").focus();
}
function partOf(whole) {
  if (S.part === "request") return [h("p", { class: "code" }, `${whole.method} ${whole.path}${whole.query ? `?${whole.query}` : ""}`), pairs(whole.headers), body(whole.body, whole.bodyLength)];
  if (S.part === "reply") return [h("p", {}, whole.status ? `${whole.status}, ${whole.delivery}` : `no reply: ${whole.delivery}`), pairs(whole.replyHeaders ?? {}), body(whole.replyBody, whole.replyBodyLength)];
  const facts = { operation: whole.operation ?? "none", caller: whole.caller, rule: whole.rule ?? "none", failure: whole.failure ?? "none", effect: whole.effect, "world's time": whole.at, "wall clock": whole.wall, took: `${whole.durationMs} ms` };
  return [
    whole.why ? h("p", {}, whole.why) : null,
    whole.asked ? h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "rule"), h("th", { scope: "col" }, "why"))), h("tbody", {}, whole.asked.map(each => h("tr", {}, h("td", {}, `${each.strikes ? "▸" : " "} ${each.rule}`), h("td", { class: each.strikes ? "warn" : "" }, each.why)))))
      : null,
    whole.asked?.length === 0 ? h("p", { class: "quiet" }, "This world has no rules.") : null,
    whole.asked ? null : h("p", { class: "quiet" }, "Which rules were asked is noted only while such a page is open, and with at most 200 rules."), pairs(facts)];
}
const pairs = object => h("dl", { class: "grid" }, Object.entries(object).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
function indented(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}
function body(text, length) {
  if (text === null || text === undefined || text === "") return h("p", { class: "quiet" }, "no body");
  return [h("pre", { tabIndex: 0 }, indented(text)), length ? h("p", { class: "quiet" }, `cut: it has ${length} bytes`) : null];
}

// ---- Copying and replaying

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("copied");
  } catch {
    dialog("Copy this", h("textarea", { readOnly: true, value: text, "aria-label": "Text", class: "code" }), button("close", () => $("dialog").close()));
    $("dialog").querySelector("textarea").select();
  }
}
const DROPPED = ["host", "content-length", "connection", "accept-encoding", "transfer-encoding", "user-agent", "expect"];
const HIDDEN = "(struck out)";

/** The request as a client would send it again; `secrets` are header fields of which the journal shows only the name. */
function parts(whole) {
  const fields = Object.entries(whole.headers).filter(([name]) => !DROPPED.includes(name.toLowerCase()));
  if (whole.world !== "default" && !fields.some(([name]) => name.toLowerCase() === "x-mock-world")) fields.push(["X-Mock-World", whole.world]);
  const secrets = fields.filter(([, value]) => value.includes(HIDDEN)).map(([name, value]) => [name, value.replace(HIDDEN, "").trim()]);
  return { url: base() + whole.path + (whole.query ? `?${whole.query}` : ""), fields: fields.filter(([, value]) => !value.includes(HIDDEN)), secrets, body: whole.body ?? "" };
}
const hint = (whole, sign) => ((whole.body ?? "").includes(HIDDEN) ? `${sign} The journal shows no secrets: fill in what is ${HIDDEN}.\n` : "");
const variable = name => name.toUpperCase().replace(/[^A-Z0-9]/g, "_");
const sh = text => `'${text.replaceAll("'", `'\\''`)}'`;
const ps = text => `'${text.replaceAll("'", "''")}'`;
const quoted = text => JSON.stringify(text).replace(/[\u007f-\uffff]/g, each => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);

function asCurl(whole) {
  const { url, fields, secrets, body } = parts(whole);
  const lines = [`curl -i ${whole.method === "GET" && !body ? "" : `-X ${sh(whole.method)} `}${sh(url)}`];
  if (!fields.some(([name]) => name.toLowerCase() === "accept")) lines.push("-H 'Accept:'");
  for (const [name, value] of fields) lines.push(`-H ${sh(`${name}: ${value}`)}`);
  for (const [name, scheme] of secrets) lines.push(`-H "${name}: ${scheme ? `${scheme} ` : ""}$${variable(name)}"`);
  if (body) {
    if (!fields.some(([name]) => name.toLowerCase() === "content-type")) lines.push("-H 'Content-Type:'");
    lines.push(`--data-binary ${sh(body)}`);
  }
  return hint(whole, "#") + lines.join(" \\\n  ") + "\n";
}
function asPython(whole) {
  const { url, fields, secrets, body } = parts(whole);
  const headers = [...fields.map(([name, value]) => `    ${quoted(name)}: ${quoted(value)},`), ...secrets.map(([name, scheme]) => `    ${quoted(name)}: ${quoted(scheme ? `${scheme} ` : "")} + os.environ[${quoted(variable(name))}],`)];
  return hint(whole, "#") + `${secrets.length ? "import os\n" : ""}import requests\n\nreply = requests.request(${quoted(whole.method)}, ${quoted(url)}, headers={\n${headers.join("\n")}\n}${body ? `, data=${quoted(body)}.encode()` : ""})\nprint(reply.status_code, reply.text)\n`;
}
function asPowerShell(whole) {
  const { url, fields, secrets, body } = parts(whole);
  const own = fields.filter(([name]) => name.toLowerCase() !== "content-type");
  const type = fields.find(([name]) => name.toLowerCase() === "content-type")?.[1];
  const headers = [...own.map(([name, value]) => `  ${ps(name)} = ${ps(value)}`), ...secrets.map(([name, scheme]) => `  ${ps(name)} = ${ps(scheme ? `${scheme} ` : "")} + $env:${variable(name)}`)];
  return hint(whole, "#") + `$headers = @{\n${headers.join("\n")}\n}\nInvoke-WebRequest -Method ${ps(whole.method)} -Uri ${ps(url)} -Headers $headers${type ? ` -ContentType ${ps(type)}` : ""}${body ? ` -Body ${ps(body)}` : ""} -SkipHttpErrorCheck\n`;
}
function asGo(whole) {
  const { url, fields, secrets, body } = parts(whole);
  const imports = ["fmt", "io", "net/http", ...(secrets.length ? ["os"] : []), ...(body ? ["strings"] : [])];
  const sets = [...fields.map(([name, value]) => `\trequest.Header.Set(${quoted(name)}, ${quoted(value)})`), ...secrets.map(([name, scheme]) => `\trequest.Header.Set(${quoted(name)}, ${quoted(scheme ? `${scheme} ` : "")}+os.Getenv(${quoted(variable(name))}))`)];
  return hint(whole, "//") + `package main\n\nimport (\n${imports.map(each => `\t"${each}"`).join("\n")}\n)\n\nfunc main() {\n\trequest, err := http.NewRequest(${quoted(whole.method)}, ${quoted(url)}, ${body ? `strings.NewReader(${quoted(body)})` : "nil"})\n\tif err != nil {\n\t\tpanic(err)\n\t}\n${sets.join("\n")}\n\treply, err := http.DefaultClient.Do(request)\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\tdefer reply.Body.Close()\n\ttext, _ := io.ReadAll(reply.Body)\n\tfmt.Println(reply.StatusCode, string(text))\n}\n`;
}
/** The operation of a request as rules write it: `GET /Agents`, also where there is none. */
const pattern = whole => whole.operation ?? `${whole.method} ${whole.path.replace(/^\/(KeyfactorAPI|Keyfactor\/API)/i, "") || "/"}`;
function asRule(whole) {
  const where = Object.entries(json(whole.body)).filter(([, value]) => ["string", "number", "boolean"].includes(typeof value) && value !== HIDDEN).map(([name, value]) => [`body.${name}`, value]).filter(([name]) => /^body\.[^.\[\] ]+$/.test(name)).slice(0, 8);
  return [`- name: ${quoted(`like request ${whole.n ?? ""}`.trim())}`, `  operation: ${quoted(pattern(whole))}`, ...(where.length ? ["  where:", ...where.map(([name, value]) => `    ${quoted(name)}: ${quoted(value)}`)] : []), "  calls: 1", "  do: [ { refuse: unavailable } ]", ""].join("\n");
}
function json(text) {
  try { const value = JSON.parse(text); return value && typeof value === "object" && !Array.isArray(value) ? value : {}; } catch { return {}; }
}
const asExpectation = whole => `expect:\n  - { requests: { operation: ${quoted(pattern(whole))}${whole.status ? `, status: ${whole.status}` : ""} }, count: "1+" }\n`;

function replay(whole) {
  const send = () => attempt(() => ask("POST", `journal/${whole.n}/replay`, {}), reply => (reply.isSent ? `sent again: ${reply.status}` : "sent again; no reply came"));
  if (!isDone(whole)) return send();
  dialog("Send it again?", h("p", {}, `${sentence(whole)} Sent again, it may be done twice.`), button("send it again", () => { $("dialog").close(); send(); }, { class: "main" }), " ", button("leave it", () => $("dialog").close()));
}
function breakNext(whole) {
  $("target").value = pattern(whole);
  $("calls").value = 1;
  $("kind").focus();
  strike();
}

// ---- Faults at a click

const FAULTS = [
  ["503", "503 unavailable", [{ refuse: "unavailable" }]], ["timeout", "time-out, work not done", [{ break: "stall", at: "request" }]],
  ["reset", "reset after the work", [{ break: "reset", at: "reply" }]], ["429", "429, retry after 5 s", [{ refuse: { failure: "throttled", retryAfter: "5s" } }]],
  ["slow", "slow by 3 s", [{ delay: "3s" }]], ["forbidden", "403 forbidden", [{ refuse: "forbidden" }]],
];
const mayWrite = () => S.news?.mayWrite !== false;
function strike() {
  const [short, , effects] = FAULTS.find(([name]) => name === $("kind").value);
  const taken = new Set((S.news?.rules ?? []).map(rule => rule.name));
  let name = `ui-${short}`;
  for (let number = 2; taken.has(name); number += 1) name = `ui-${short}-${number}`;
  const rule = { name, operation: $("target").value || "* /**", ttl: $("ttl").value, do: effects };
  if ($("calls").value) rule.calls = `1-${$("calls").value}`;
  return attempt(() => ask("POST", "rules", rule), added => added[0].warnings?.join(" ") ?? `${name}: in force`);
}
function drawFaults() {
  const rules = S.news?.rules ?? [];
  const key = JSON.stringify([rules, mayWrite()]);
  if ($("faults").dataset.key !== key) {
    $("faults").dataset.key = key;
    $("faults").replaceChildren(...rules.map(rule => h("li", {}, h("span", { class: rule.strikes ? "warn" : "" }, `${rule.name}: ${rule.operation} ${rule.do.join(", ")}, struck ${rule.strikes}×`), h("span", { class: "quiet", "data-expires": rule.expires ?? "" }),
      button("✕", () => attempt(() => ask("DELETE", `rules/${encodeURIComponent(rule.name)}`), `${rule.name} is gone`), { "aria-label": `Take ${rule.name} away`, disabled: !mayWrite() }))));
  }
  for (const element of $("fault").elements) element.disabled = !mayWrite();
  countDown();
}
const wallNow = () => (S.news ? Date.parse(S.news.clock.wall) + performance.now() - S.newsAt : Date.now());
function countDown() {
  for (const element of $("faults").querySelectorAll("[data-expires]")) {
    if (!element.dataset.expires) continue;
    const left = Math.max(0, Math.ceil((Date.parse(element.dataset.expires) - wallNow()) / 1000));
    element.textContent = left > 90 ? ` ${Math.ceil(left / 60)} min left` : ` ${left} s left`;
  }
}

// ---- The clock

function drawClock() {
  if (!S.news) return;
  const { mode, now, rate, nextDue } = S.news.clock;
  const passed = mode === "frozen" ? 0 : (performance.now() - S.newsAt) * (mode === "scaled" ? rate : 1);
  $("now").textContent = new Date(Date.parse(now) + passed).toISOString().replace("T", " ").replace(/\.\d+Z/, "Z");
  $("mode").textContent = mode === "scaled" ? `▶ ${rate}×` : mode === "frozen" ? "‖ frozen" : "▶ runs";
  $("toggle").textContent = mode === "frozen" ? "run" : "freeze";
  const isDue = nextDue && Date.parse(nextDue) <= Date.parse(now) + passed;
  $("due").textContent = isDue ? "work is due" : nextDue ? `next due ${nextDue.replace("T", " ").replace(/\.\d+Z/, "Z")}` : "";
  for (const element of $("clock").querySelectorAll("button, select")) element.disabled = !mayWrite();
}
const fell = outcome => `It is ${outcome.now}: ${outcome.ran} runs began, ${outcome.ended} ended.`;
function moveClock(how) {
  if (how === "toggle") return attempt(() => ask("PUT", "clock", { mode: S.news.clock.mode === "frozen" ? "running" : "frozen" }), clock => `the clock is ${clock.mode}`);
  if (how !== "to") return attempt(() => ask("POST", "clock/advance", { by: how }), fell);
  const field = h("input", { type: "text", id: "moment", "aria-label": "Time", value: S.news.clock.now });
  const go = () => { $("dialog").close(); attempt(() => ask("POST", "clock/advance", { to: field.value.trim() }), fell); };
  field.addEventListener("keydown", event => { if (event.key === "Enter") { event.preventDefault(); go(); } });
  dialog("Advance the clock", h("p", {}, "To which time? Everything that falls due until then happens."), field, " ", button("advance", go, { class: "main" }));
}

// ---- The other views

const VIEWS = { requests: "Requests", rules: "Rules", estate: "Estate", jobs: "Jobs", verdicts: "Verdicts", coverage: "Coverage", worlds: "Worlds" };
const table = (head, rows) => h("table", {}, h("thead", {}, h("tr", {}, head.map(each => (each ? h("th", { scope: "col" }, each) : h("td"))))), h("tbody", {}, rows.map(row => h("tr", {}, row.map(each => h("td", {}, each))))));
const nothing = (text, example) => [h("p", {}, text), example ? code(example) : null];
const control = (page, more = "") => `curl ${location.origin}${below()}${page}${more}`;

const VIEW = {
  async rules(panel) {
    const rules = await ask("GET", "rules");
    if (!panel.firstChild) {
      const field = h("textarea", { id: "yaml", "aria-label": "A rule in YAML", spellcheck: false, value: "name: second-fails\noperation: GET /Agents\ncalls: 2\nttl: 10m\ndo: [ { refuse: unavailable } ]\n" });
      const wrong = h("pre", { id: "mistakes", role: "alert", class: "as-is bad", hidden: true, tabIndex: 0 });
      const add = async () => {
        try {
          const added = await ask("POST", "rules", field.value);
          const doubts = added.flatMap(rule => rule.warnings ?? []);
          [wrong.hidden, wrong.textContent] = [doubts.length === 0, doubts.join("\n")];
          toast(`${added.map(rule => rule.name).join(", ")}: in force`);
        } catch (error) {
          [wrong.hidden, wrong.textContent] = [false, error.message];
        }
        refresh(true);
      };
      panel.append(h("div", { id: "rule-list" }), h("h2", {}, "Add a rule"), field, h("div", { class: "buttons" }, button("add", add, { class: "main", id: "add-rule" })), wrong);
    }
    $("add-rule").disabled = !mayWrite();
    $("rule-list").replaceChildren(rules.length === 0 ? h("p", {}, "No rule is in force: every request gets what Command would answer. Add one below, or a fault at the bottom of the page.")
      : table(["rule", "operation", "does", "matched", "struck", "", ""], rules.map(rule => [rule.name, rule.operation, rule.do.join(", ") || "–", rule.matches, rule.strikes, rule.live ? (rule.expires ? `until ${time(rule.expires)}` : "live") : "scenario",
        button("✕", () => attempt(() => ask("DELETE", `rules/${encodeURIComponent(rule.name)}`)).then(() => refresh(true)), { "aria-label": `Take ${rule.name} away`, disabled: !mayWrite() })])));
  },

  async estate(panel) {
    S.kind ??= "agents";
    if (!panel.firstChild) {
      const kinds = ["agents", "certificateStores", "storeTypes", "containers", "jobTypes", "certificates", "certificateRequests", "templates", "authorities", "enrollmentPatterns", "metadataFields", "collections", "roles", "identities", "claims", "permissionSets", "pamTypes", "pamProviders"];
      const search = h("input", { type: "search", id: "estate-q", "aria-label": "Search by name or id", placeholder: "/ name or id", input: () => { S.offset = 0; refresh(true); } });
      const kind = h("select", { id: "estate-kind", "aria-label": "Kind", change: event => { [S.kind, S.offset] = [event.target.value, 0]; refresh(true); } }, kinds.map(each => h("option", { value: each, selected: each === S.kind }, each)));
      panel.append(h("div", { class: "bar" }, kind, search, h("span", { id: "estate-count", role: "status" })), h("div", { id: "estate-rows" }), h("div", { class: "buttons", id: "estate-more" }));
    }
    const offset = S.offset ?? 0;
    const found = await ask("GET", `estate?kind=${S.kind}&q=${encodeURIComponent($("estate-q").value)}&offset=${offset}&limit=100`);
    $("estate-count").textContent = `${found.total} ${S.kind}`;
    if (found.total === 0) return $("estate-rows").replaceChildren(h("p", {}, `There are no ${S.kind} ${$("estate-q").value ? "that contain this" : "yet"}.`));
    const first = ["machine", "name", "shortName", "subject", "commonName", "path", "id", "number", "status", "agent", "type", "container", "schedule", "template", "thumbprint", "state"];
    const rows = found.rows;
    const head = first.filter(name => rows.some(row => row[name] !== undefined && row[name] !== null)).slice(0, 7);
    const cell = value => (value === undefined || value === null ? "–" : typeof value === "object" ? JSON.stringify(value) : value);
    const approve = row => (S.kind === "agents" && row.status !== "approved" ? button("approve", () => attempt(() => ask("PATCH", "estate", { agents: [{ machine: row.machine, status: "approved" }] }), `${row.machine} is approved`).then(() => refresh(true)), { disabled: !mayWrite() }) : "");
    $("estate-rows").replaceChildren(table([...head, ""], rows.map(row => [...head.map(name => cell(row[name])), [approve(row), h("details", {}, h("summary", {}, "all"), h("pre", {}, JSON.stringify(row, null, 2)))]].map(each => (Array.isArray(each) ? h("div", {}, each) : each)))));
    $("estate-more").replaceChildren(button("‹ before", () => { S.offset = Math.max(0, offset - 100); refresh(true); }, { disabled: offset === 0 }), button("after ›", () => { S.offset = offset + 100; refresh(true); }, { disabled: offset + 100 >= found.total }));
  },

  async jobs(panel) {
    const jobs = await ask("GET", "jobs?all=true");
    if (jobs.length === 0) {
      return panel.replaceChildren(...nothing("No job has been scheduled here. For one on the agent uo-1:", `curl ${base()}/KeyfactorAPI/OrchestratorJobs/Custom -H 'x-keyfactor-requested-with: APIClient' -H 'Content-Type: application/json' -d '{"AgentId":"e89c945f-da62-482c-9495-ecf36abbd2dd","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":"3"}}'`));
    }
    const now = Date.parse(S.news?.clock.now ?? new Date().toISOString());
    const times = jobs.flatMap(job => [job.requested, job.nextDue, ...job.attempts.flatMap(each => [each.began, each.ended])]).filter(Boolean).map(each => Date.parse(each)).concat(now);
    const from = Math.min(...times), span = Math.max(1, Math.max(...times) - from);
    const at = moment => (100 * (Date.parse(moment) - from)) / span;
    const kind = each => (!each.ended ? "warn" : /success/i.test(each.result ?? "") ? "good" : /warning/i.test(each.result ?? "") ? "warn" : "bad");
    const track = job => {
      const bars = job.attempts.map(each => {
        const bar = h("span", { class: kind(each), title: `${each.began} – ${each.ended ?? "now"} ${each.result ?? each.status}` });
        [bar.style.left, bar.style.width] = [`${at(each.began)}%`, `${Math.max(0.5, at(each.ended ?? new Date(now).toISOString()) - at(each.began))}%`];
        return bar;
      });
      const due = job.nextDue ? h("span", { class: "due", title: `next due ${job.nextDue}` }) : null;
      if (due) due.style.left = `calc(${at(job.nextDue)}% - 2px)`;
      return h("div", { class: "track", role: "img", "aria-label": `${job.attempts.length} attempts${job.nextDue ? `, next due ${job.nextDue}` : ""}` }, bars, due);
    };
    const open = new Set([...panel.querySelectorAll("details[open]")].map(each => each.dataset.job));
    const history = job => h("details", { "data-job": job.id, open: open.has(job.id) }, h("summary", {}, `${job.attempts.length} attempt${job.attempts.length === 1 ? "" : "s"}`), job.attempts.map(each => h("p", { class: kind(each) }, `${each.began} – ${each.ended ?? "…"} ${each.ended ? `${each.result}` : each.status}${each.message ? `: ${each.message}` : ""}`)), h("p", { class: "quiet" }, job.id));
    panel.replaceChildren(table(["job", "agent", "state", "timeline", "history", ""], jobs.map(job => [`${job.jobType}${job.target ? ` ${job.target}` : ""}`, job.agent ?? "–", job.state, track(job), history(job),
      job.state === "over" ? "" : button("step", () => attempt(() => ask("POST", `jobs/${job.id}/advance`, {}), moved => `the job is ${moved.state}`).then(() => refresh(true)), { disabled: !mayWrite() })])));
  },

  async verdicts(panel) {
    if (!mayWrite()) return panel.replaceChildren(h("p", {}, "A page that only reads cannot ask for a verdict."));
    const verdict = await ask("POST", "verify", {});
    if (verdict.results.length === 0) return panel.replaceChildren(...nothing("The scenario expects nothing. A scenario has expectations under 'expect'; another client can ask for a verdict on its own:", control("verify", ` -d '{"expect": [ { "requests": { "operation": "GET /Agents" }, "count": "1+" } ]}'`)));
    const mark = word => h("strong", { class: word === "met" ? "good" : word === "failed" ? "bad" : "warn" }, `${word === "met" ? "✓" : word === "failed" ? "✗" : "?"} ${word}`);
    panel.replaceChildren(h("h2", {}, "Verdict: ", mark(verdict.verdict)), table(["", "expected", "found", "nearest"], verdict.results.map(result => [mark(result.verdict), JSON.stringify(result.expected), result.found,
      h("div", {}, result.nearest.map(near => h("p", {}, near.n ? button(`#${near.n}`, () => { go("requests"); choose({ n: near.n, world: S.world }, true); }) : "–", ` ${near.method} ${near.path} ${near.status ?? ""} `,
        near.criteria.filter(each => !each.met).map(each => h("span", { class: "warn" }, ` ${each.criterion}: wanted ${each.wanted}, found ${each.found};`)))), (result.neverStruck ?? []).map(each => h("p", {}, `never struck: ${each}`)))])));
  },

  async coverage(panel) {
    const [found, metrics] = await Promise.all([ask("GET", "coverage"), ask("GET", "/_mock/metrics")]);
    const met = Object.entries(found.operations.met).map(([name, statuses]) => [name, statuses, Object.values(statuses).reduce((sum, each) => sum + each, 0)]).sort((one, other) => other[2] - one[2]);
    const most = Math.max(1, ...met.map(each => each[2]));
    const bar = (value, max, label) => h("meter", { min: 0, max: Math.max(1, max), value, "aria-label": label });
    const gauge = name => Number(metrics.match(new RegExp(`^keyfactor_mock_${name} ([0-9.e+]+)$`, "m"))?.[1] ?? 0);
    const size = bytes => (bytes < 1e4 ? `${bytes} B` : bytes < 1e7 ? `${Math.round(bytes / 1e3)} kB` : `${Math.round(bytes / 1e6)} MB`);
    const held = [["journals", "journal_bytes"], ["worlds", "estate_bytes"], ["connections", "connection_bytes"]];
    panel.replaceChildren(h("h2", {}, `${met.length} of ${met.length + found.operations.notMet.length} operations asked; ${found.unmatched} requests matched none`),
      met.length ? table(["operation", "", "requests", "statuses"], met.map(([name, statuses, sum]) => [name, bar(sum, most, `${name}: ${sum}`), sum, Object.entries(statuses).map(([status, count]) => `${status}: ${count}`).join(", ")])) : h("div", {}, nothing("No operation has been asked yet.", `curl ${base()}/KeyfactorAPI/Agents`)),
      h("details", {}, h("summary", {}, `${found.operations.notMet.length} operations not asked`), h("p", {}, found.operations.notMet.join(" · "))),
      h("h2", {}, "What is held"), table(["", "", "of at most"], held.map(([name, key]) => [name, bar(gauge(key), gauge(`${key}_limit`), name), `${size(gauge(key))} of ${size(gauge(`${key}_limit`))}`])));
  },

  async worlds(panel) {
    const worlds = await ask("GET", "/_mock/worlds");
    const fork = name => {
      const field = h("input", { id: "fork", "aria-label": "Name of the copy", value: `${name}-copy`.slice(0, 64) });
      const go = () => { $("dialog").close(); attempt(() => ask("POST", "/_mock/worlds", { name: field.value, from: name }), `${field.value} is a copy of ${name}`).then(() => refresh(true)); };
      field.addEventListener("keydown", event => { if (event.key === "Enter") { event.preventDefault(); go(); } });
      dialog(`Fork '${name}'`, field, " ", button("fork", go, { class: "main" }));
    };
    const sure = (title, text, work) => dialog(title, h("p", {}, text), button("yes", () => { $("dialog").close(); work(); }, { class: "main" }), " ", button("no", () => $("dialog").close()));
    const path = name => `/_mock/worlds/${encodeURIComponent(name)}`;
    panel.replaceChildren(h("p", { class: "quiet" }, "A client chooses a world with the header X-Mock-World, or with /w/NAME before its path."), table(["world", "requests", "jobs", "resets", ""], worlds.map(world => [world.name === S.world ? `▸ ${world.name}` : world.name, world.requests, world.jobs, world.generation,
      h("div", { class: "buttons" }, button("choose", () => enter(world.name)), button("fork", () => fork(world.name), { disabled: !mayWrite() }),
        button("reset", () => sure(`Reset '${world.name}'?`, "Its journal, jobs, live rules and changes are lost.", () => attempt(() => ask("POST", `${path(world.name)}/reset`, {}), `${world.name} starts again`).then(() => refresh(true))), { disabled: !mayWrite() }),
        world.name === "default" ? null : button("drop", () => sure(`Drop '${world.name}'?`, "What waits in it is closed.", () => attempt(() => ask("DELETE", path(world.name)), `${world.name} is gone`).then(() => { if (world.name === S.world) enter("default"); refresh(true); })), { disabled: !mayWrite() }))])));
  },
};

/** Draws the chosen view again, at most once a second unless it is asked for. */
let refreshed = 0, refreshing = false, again = false;
async function refresh(isNow = false) {
  const view = VIEW[S.tab];
  if (!view || document.hidden) return;
  if (refreshing) { again ||= isNow; return; }
  if (!isNow && performance.now() - refreshed < 1000) return void (stale = true);
  [refreshing, stale, refreshed] = [true, false, performance.now()];
  const panel = $(S.tab);
  try { if (isNow || !panel.contains(document.activeElement) || document.activeElement.matches("textarea, input")) await view(panel); else stale = true; } catch (error) { toast(error.message); }
  refreshing = false;
  if (again) { again = false; refresh(true); }
}
let stale = false;

async function drawWorlds() {
  const worlds = await attempt(() => ask("GET", "/_mock/worlds"));
  const names = (worlds || []).map(world => world.name).slice(0, 1000);
  if (!names.includes(S.world)) names.push(S.world);
  $("world").replaceChildren(...names.map(name => h("option", { value: name, selected: name === S.world }, name)));
}
function enter(name) {
  Object.assign(S, { world: name, rows: [], shown: [], pending: [], chosen: null, cursor: "", news: null, total: 0, offset: 0 });
  close();
  delete $("empty").dataset.kind;
  remember();
  drawWorlds();
  follow();
}

// ---- Tabs, address, keys

function go(tab) {
  S.tab = Object.hasOwn(VIEWS, tab) ? tab : "requests";
  for (const name of Object.keys(VIEWS)) {
    $(name).hidden = name !== S.tab;
    $(`tab-${name}`).setAttribute("aria-selected", String(name === S.tab));
    $(`tab-${name}`).tabIndex = name === S.tab ? 0 : -1;
  }
  remember();
  if (S.tab === "requests") draw(); else refresh(true);
}
function remember() {
  const kept = { w: S.world === "default" ? "" : S.world, t: S.tab === "requests" ? "" : S.tab, q: S.q, o: S.op, s: S.class, k: S.struck, n: S.chosen?.n ?? "" };
  const text = new URLSearchParams(Object.entries(kept).filter(([, value]) => value)).toString();
  history.replaceState(null, "", text ? `#${text}` : location.pathname);
}
function recall() {
  const kept = new URLSearchParams(location.hash.slice(1));
  if (kept.has("token")) S.token = kept.get("token");
  [S.world, S.tab, S.q, S.op, S.class, S.struck] = [kept.get("w") ?? "default", kept.get("t") ?? "requests", kept.get("q") ?? "", kept.get("o") ?? "", kept.get("s") ?? "", kept.get("k") ?? ""];
  if (/^\d+$/.test(kept.get("n") ?? "")) S.chosen = { n: Number(kept.get("n")), world: S.world };
  [$("filter").value, $("operation").value, $("class").value, $("struck").value] = [S.q, S.op, S.class, S.struck];
}

const KEYS = [["/", "search"], ["j  k", "next, previous request"], ["Enter", "open it"], ["Esc", "close"], ["c", "copy as curl"], ["r", "copy as rule"], ["b", "break the next such request"], ["p", "pause"], ["1 … 7", "views"], ["?", "this help"]];
const help = () => dialog("Keys", h("dl", { class: "grid" }, KEYS.flatMap(([key, text]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)])), h("p", {}, "✓ done  ! refused  ✗ failed  ✂ reset, closed or broken  ∅ never  ← the client left  … held back  ⚠ no such operation"), button("close", () => $("dialog").close(), { class: "main" }));
function step(by) {
  const place = S.shown.findIndex(row => row === S.chosen || (row.n !== null && row.n === S.chosen?.n));
  const row = S.shown[Math.min(S.shown.length - 1, Math.max(0, place < 0 ? 0 : place + by))];
  if (!row) return;
  const scroll = $("scroll"), top = S.shown.indexOf(row) * height(), head = $("rows").tHead.offsetHeight;
  if (top < scroll.scrollTop) scroll.scrollTop = top;
  if (top + height() + head > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = top + height() + head - scroll.clientHeight;
  choose(row, S.detail !== null);
}
function pause() {
  S.paused = !S.paused;
  $("pause").setAttribute("aria-pressed", String(S.paused));
  $("pause").textContent = S.paused ? "resume" : "pause";
  show();
}
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || $("dialog").open) return;
  const isField = event.target.matches("input, textarea, select");
  if (event.key === "Escape") { if (isField) event.target.blur(); else if (S.detail) close(); return; }
  if (isField) return;
  const tab = Object.keys(VIEWS)[Number(event.key) - 1];
  const inTable = S.tab === "requests" && !event.target.matches("button, summary");
  const actions = {
    "/": () => (S.tab === "estate" ? $("estate-q") : (go("requests"), $("filter"))).focus(), "?": help, p: pause,
    j: () => step(1), k: () => step(-1), c: () => S.detail && copy(asCurl(S.detail)), r: () => S.detail && copy(asRule(S.detail)), b: () => S.detail && mayWrite() && breakNext(S.detail),
  };
  if (inTable) Object.assign(actions, { Enter: () => S.chosen && choose(S.chosen, true), ArrowDown: () => step(1), ArrowUp: () => step(-1) });
  const action = tab ? () => go(tab) : actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

// ---- The beginning

function begin() {
  recall();
  for (const [name, text] of Object.entries(VIEWS)) {
    $("tabs").append(h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": name, "aria-selected": "false", click: () => go(name) }, text));
  }
  $("tabs").addEventListener("keydown", event => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const names = Object.keys(VIEWS), next = names[(names.indexOf(S.tab) + by + names.length) % names.length];
    go(next);
    $(`tab-${next}`).focus();
  });
  for (const [id, key] of [["filter", "q"], ["operation", "op"], ["class", "class"], ["struck", "struck"]]) {
    $(id).addEventListener("input", event => { S[key] = event.target.value; $("scroll").scrollTop = 0; show(); remember(); });
  }
  $("kind").append(...FAULTS.map(([name, text]) => h("option", { value: name }, text)));
  $("fault").addEventListener("submit", event => { event.preventDefault(); strike(); });
  $("pause").addEventListener("click", pause);
  $("clear").addEventListener("click", () => attempt(() => ask("DELETE", "journal"), "the journal is empty"));
  $("scroll").addEventListener("scroll", draw, { passive: true });
  $("help").addEventListener("click", help);
  $("world").addEventListener("change", event => enter(event.target.value));
  $("world").addEventListener("focus", drawWorlds);
  for (const element of $("clock").querySelectorAll("[data-clock]")) element.addEventListener("click", () => moveClock(element.dataset.clock));
  $("rate").addEventListener("change", event => attempt(() => ask("PUT", "clock", event.target.value ? { mode: "scaled", rate: Number(event.target.value) } : { mode: "running" }), clock => `the clock is ${clock.mode}`));
  addEventListener("resize", () => { rowHeight = 0; draw(); });
  addEventListener("keydown", onKey);
  setInterval(() => { if (!document.hidden) { drawClock(); countDown(); if (stale) refresh(); } }, 1000);
  go(S.tab);
  follow();
  drawWorlds();
  attempt(async () => {
    S.info = await ask("GET", "/_mock/info");
    $("version").textContent = S.info.version;
    const coverage = await ask("GET", "coverage");
    $("operations").append(...["* /**", ...Object.keys(coverage.operations.met), ...coverage.operations.notMet].map(name => h("option", { value: name })));
    if (S.chosen?.n && !S.detail) choose(S.chosen, true);
  });
}
begin();
