using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using Keys = System.Collections.Generic.Dictionary<string, object>;

/// <summary>An isolated copy of everything: estate, clock, rules, journal, tokens.</summary>
public sealed class World
{
    private readonly Server server;
    private readonly List<Rule> rules = new List<Rule>();
    private readonly List<object> expected = new List<object>(), scripts = new List<object>();
    private string scenario;
    private bool changed;

    /// <summary>The API is at Url, by HTTP unless the server has HTTPS alone, and at HttpsUrl; Client trusts the server's CA.</summary>
    public string Name { get; }
    public string Url => server.Base + "/w/" + Name + server.Api;
    public string HttpsUrl => server.Https + "/w/" + Name + server.Api;
    public string TokenUrl => server.Base + "/w/" + Name + "/oauth2/token";
    public HttpClient Client => server.Client;

    internal World(Server server, string name)
    {
        this.server = server;
        Name = name;
        Drop();
        server.Control("POST", "worlds", new { name });
    }

    internal void Drop()
    {
        try { server.Control("DELETE", "worlds/" + Name); }
        catch (MockException) { /* It may not exist. */ }
    }

    /// <summary>Sends a request to the control interface of this world, for what has no method here. Texts are sent as they are.</summary>
    public string Control(string method, string page, object body = null)
    {
        changed |= method != "GET";
        return server.Control(method, $"worlds/{Name}/{page}", body);
    }

    /// <summary>Replaces the whole scenario, YAML or JSON. The world restarts, without the rules of On.</summary>
    public void Load(string text) { Control("PUT", "scenario", scenario = text); scripts.Clear(); changed = false; }

    /// <summary>Merges into the estate, in the format of scenario files: an object, or YAML.</summary>
    public void Patch(object estate) => Control("PATCH", "estate", estate);

    /// <summary>Advances the world's clock and runs everything that becomes due; returns how many runs began.</summary>
    public int Advance(TimeSpan by) => Get("clock/advance", new { by = Rule.Text(by) }).GetProperty("ran").GetInt32();

    /// <summary>The jobs that are scheduled or running (id, jobType, agent, …), or those that are over.</summary>
    public List<JsonElement> Jobs(bool over = false) => Get(over ? "jobs/over" : "jobs").EnumerateArray().ToList();

    /// <summary>Adds an expectation as scenario files write them: <c>Expect(new { jobs = new { }, count = 1 })</c>.</summary>
    public void Expect(object expectation) => expected.Add(expectation);

    /// <summary>Fails, with the nearest exchanges, unless all that was expected (else: what the scenario expects) has happened.</summary>
    public void Verify() => Judge("verify", new Keys());

    /// <summary>As Verify, but waits until all is met; the timeout is on the wall clock.</summary>
    public void Await(TimeSpan timeout) => Judge("await", new Keys { ["timeout"] = Rule.Text(timeout) });

    /// <summary>A rule, <c>On("POST", "/OrchestratorJobs/Custom", times: 2).Refuse("unavailable")</c>, with other keys of rules in more:
    /// <c>("chance", "30%")</c>. A test that gives a rule no effect fails. The operation "token" is the token endpoint.</summary>
    public Rule On(string method, string path = "", int times = 0, params (string, object)[] more)
    {
        var keys = new Keys(more.ToDictionary(each => each.Item1, each => each.Item2)) { ["operation"] = $"{method} {path}".Trim() };
        if (times > 0) keys["calls"] = $"1-{times}";
        rules.Add(new Rule(this, $"rule-{rules.Count + 1}", keys));
        return rules.Last();
    }

    /// <summary>The progress of jobs: "InProcess", "Completed:Failure:disk full". Call it first, because it restarts the world.</summary>
    public void ScriptJob(string jobType, params string[] steps)
    {
        if (changed || Requests().Count > 0) throw new MockException("call ScriptJob before requests and rules: it restarts the world");
        scenario = scenario ?? Control("GET", "scenario");
        var keys = new[] { "state", "result", "message" };
        var full = steps.Select(each => each.Split(new[] { ':' }, 3).Select((part, n) => new { part, key = keys[n] })
            .ToDictionary(pair => pair.key, pair => pair.part));
        scripts.Add(new { match = new { jobType }, steps = full });
        Control("PUT", "scenario", $"{scenario}\nprogress: {JsonSerializer.Serialize(scripts)}\n");
        changed = false;
    }

    /// <summary>The exchanges of an operation, <c>Requests("GET", "/Agents")</c>, or all, oldest first: status, body, effect, …</summary>
    public List<JsonElement> Requests(params string[] operation)
    {
        var chosen = operation.Length == 0 ? "" : "&operation=" + Uri.EscapeDataString(string.Join(" ", operation));
        var journal = Get("journal?order=oldest&limit=100000&strict=true" + chosen);
        if (journal.GetProperty("evicted").GetInt32() > 0) throw new MockException("the journal has dropped exchanges: use Expect");
        return journal.GetProperty("exchanges").EnumerateArray().ToList();
    }

    private JsonElement Get(string page, object body = null) =>
        JsonDocument.Parse(Control(body == null ? "GET" : "POST", page, body)).RootElement;

    private void Judge(string page, Keys body)
    {
        if (expected.Count > 0) body["expect"] = expected.ToArray();
        expected.Clear();
        var results = Get(page + "?strict", body).GetProperty("results").EnumerateArray();
        var unmet = results.Where(each => each.GetProperty("verdict").GetString() != "met").ToList();
        if (unmet.Count > 0) throw new MockException(string.Join("\n", unmet.Select(each =>
            $"expected {each.GetProperty("expected")}, found {each.GetProperty("found")}\n  nearest: {each.GetProperty("nearest")}")));
    }

    internal void Finish()
    {
        if (expected.Count > 0) Verify();
        foreach (var each in rules.Where(each => !each.Keys.ContainsKey("do")))
            throw new MockException($"On(…) was given no effect, such as Refuse(…): {each.Keys["operation"]}");
    }

    internal string Summary()
    {
        try
        {
            var last = Get("journal?order=newest&limit=10").GetProperty("exchanges").EnumerateArray().Reverse().Select(each =>
                $"{Of(each, "n")} {Of(each, "method")} {Of(each, "path")} -> {Of(each, "status")} {Of(each, "rule")}: {Of(each, "why")}");
            var struck = Get("rules").EnumerateArray().Select(each => $"rule {Of(each, "name")} ({Of(each, "operation")}) struck "
                + $"{Of(each, "strikes")} of {Of(each, "matches")}: {Of(each, "do")}");
            return string.Join("\n", last.Concat(struck));
        }
        catch (MockException reason) { return reason.Message; }
    }

    private static string Of(JsonElement entry, string key) => entry.TryGetProperty(key, out var value) ? value.ToString() : "";
}

/// <summary>Each method adds an effect. They apply in the order of stages: "request" is before the work, "reply" after it.</summary>
public sealed class Rule
{
    internal readonly Keys Keys;
    private readonly World world;
    private readonly string name;

    internal Rule(World world, string name, Keys keys)
    {
        this.world = world;
        this.name = name;
        Keys = keys;
    }

    /// <summary>Adds any effects as scenario files write them; none at all strikes too.</summary>
    public Rule Does(params object[] effects)
    {
        Keys["do"] = Keys.TryGetValue("do", out var done) ? ((object[])done).Concat(effects).ToArray() : effects;
        world.Control("PUT", $"rules/{name}?strict", Keys);
        return this;
    }

    /// <summary>Sends a named failure (keyfactor-mock failures), or <c>new { status = 418, message = "…" }</c>. No work is done.</summary>
    public Rule Refuse(object failure) => Does(new { refuse = failure });
    public Rule Answer(object response) => Does(new { answer = response });
    public Rule Alter(object what) => Does(new { alter = what });
    public Rule Change(object estate) => Does(new { change = estate });
    public Rule Delay(TimeSpan by, string at = "request") => Does(new { delay = Text(by), at });
    public Rule Breaks(string how) => Does(new Keys { ["break"] = how });
    public Rule Reset(string at = "request") => Does(new Keys { ["break"] = "reset", ["at"] = at });
    public Rule Close(string at = "request") => Does(new Keys { ["break"] = "close", ["at"] = at });
    public Rule Truncate(string keep = "50%") => Does(new Keys { ["break"] = "truncate", ["keep"] = keep });
    public void Remove() => world.Control("DELETE", $"rules/{name}");
    internal static string Text(TimeSpan duration) => $"{(long)duration.TotalMilliseconds}ms";
}
