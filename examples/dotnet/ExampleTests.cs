using System;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

// Example tests of a small client, which stands at the end; in your project it is the code that you ship.
public class ExampleTests : IClassFixture<KeyfactorMock>
{
    private readonly KeyfactorMock mock;

    public ExampleTests(KeyfactorMock mock) => this.mock = mock;

    [Fact]
    public Task AServerThatIsDownTwiceGetsOneJob() => mock.Test(async kfmock =>
    {
        kfmock.On("POST", "/OrchestratorJobs/Custom", times: 2).Refuse("unavailable");
        var job = await new JobClient(kfmock.Client, kfmock.Url).GiveJob("uo-1");
        var sent = kfmock.Requests("POST", "/OrchestratorJobs/Custom");
        Assert.Equal(new[] { 503, 503, 200 }, sent.Select(each => each.GetProperty("status").GetInt32()));
        Assert.Single(sent.Select(each => each.GetProperty("body").GetString()).Distinct());
        Assert.Equal(new[] { job }, kfmock.Jobs().Select(each => each.GetProperty("id").GetString()));
    });

    [Fact]
    public Task ALostReplyMakesNoSecondJob() => mock.Test(async kfmock =>
    {
        kfmock.On("POST", "/OrchestratorJobs/Custom").Reset("reply");
        await Assert.ThrowsAsync<HttpRequestException>(() => new JobClient(kfmock.Client, kfmock.Url).GiveJob("uo-1"));
        var sent = kfmock.Requests("POST", "/OrchestratorJobs/Custom");
        Assert.Equal(new[] { "committed" }, sent.Select(each => each.GetProperty("effect").GetString()));
        kfmock.Expect(new { jobs = new { }, count = 1 });
    });

    [Fact]
    public Task AJobFailsLater() => mock.Test(async kfmock =>
    {
        kfmock.ScriptJob("SampleCustomJobType", "InProcess", "Completed:Failure:disk full");
        var client = new JobClient(kfmock.Client, kfmock.Url);
        var job = await client.GiveJob("uo-1");
        Assert.Equal(0, await client.Result(job));
        Assert.Equal(4, await client.Result(job));
        Assert.Equal("disk full", kfmock.Jobs(over: true).Single().GetProperty("message").GetString());
    });

    [Fact]
    public Task AJobOfTonightRunsTonight() => mock.Test(kfmock =>
    {
        kfmock.Load("clock: { start: 2026-03-01T09:00:00Z, mode: frozen }");
        var tonight = new { ExactlyOnce = new { Time = "2026-03-01T23:00:00Z" } };
        var job = new { agent = "uo-1", jobType = "SampleCustomJobType", fields = new { ParamInt = "1" }, schedule = tonight };
        kfmock.Patch(new { jobs = new[] { job } });
        Assert.Equal(0, kfmock.Advance(TimeSpan.FromHours(14) - TimeSpan.FromSeconds(1)));
        Assert.Equal(1, kfmock.Advance(TimeSpan.FromSeconds(1)));
        return Task.CompletedTask;
    });
}

// The client under test.
public sealed class JobClient
{
    private readonly HttpClient http;
    private readonly string api;

    public JobClient(HttpClient http, string api)
    {
        this.http = http;
        this.api = api;
    }

    private async Task<HttpResponseMessage> Ask(string path, string body = null)
    {
        var request = new HttpRequestMessage(body == null ? HttpMethod.Get : HttpMethod.Post, api + path);
        request.Headers.Add("x-keyfactor-requested-with", "APIClient");
        if (body != null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await http.SendAsync(request);
    }

    private static async Task<JsonElement> Read(HttpResponseMessage reply) =>
        JsonDocument.Parse(await reply.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).RootElement;

    // Schedules a job on the agent of a machine and returns the job's id. Retries while the server is down.
    public async Task<string> GiveJob(string machine)
    {
        var agents = (await Read(await Ask("/Agents"))).EnumerateArray();
        var id = agents.First(each => each.GetProperty("ClientMachine").GetString() == machine).GetProperty("AgentId").GetString();
        var body = JsonSerializer.Serialize(new { AgentId = id, JobTypeName = "SampleCustomJobType", JobFields = new { ParamInt = "1" } });
        for (var left = 2; ; left--)
        {
            var reply = await Ask("/OrchestratorJobs/Custom", body);
            if ((int)reply.StatusCode != 503 || left == 0) return (await Read(reply)).GetProperty("JobId").GetString();
        }
    }

    // How the last run of a job ended: 0 while it is not over, 2 success, 4 failure.
    public async Task<int> Result(string job)
    {
        var history = await Read(await Ask("/OrchestratorJobs/JobHistory?QueryString=" + Uri.EscapeDataString($"JobId -eq \"{job}\"")));
        return history.EnumerateArray().Last().GetProperty("Result").GetInt32();
    }
}
