const body = document.querySelector("#rows tbody");
const state = document.getElementById("state");
let cursor = "";
async function follow() {
  for (;;) {
    const reply = await fetch(`/_mock/changes?wait=25&since=${cursor}`.replace("&since=", cursor ? "&since=" : ""), { headers: { "X-Mock-UI": "1" } });
    const news = await reply.json();
    cursor = news.cursor;
    state.textContent = `${news.total} requests`;
    for (const each of news.exchanges) {
      const row = body.insertRow(0);
      for (const text of [each.n, each.at, each.method, each.path, each.status ?? each.delivery, each.rule ?? "–", each.durationMs]) row.insertCell().textContent = text;
    }
  }
}
follow();
