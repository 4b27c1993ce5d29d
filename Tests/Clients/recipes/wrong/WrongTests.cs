using System;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

// Each of these must fail, but Right.
public class WrongTests : IClassFixture<KeyfactorMock>
{
    private readonly KeyfactorMock mock;

    public WrongTests(KeyfactorMock mock) => this.mock = mock;

    private static async Task<HttpStatusCode> Ask(World kfmock, string path) => (await kfmock.Client.GetAsync(kfmock.Url + path)).StatusCode;

    [Fact]
    public Task Misspelt() => mock.Test(async kfmock => { kfmock.Requests("GET", "/Agnts"); await Task.Yield(); });

    [Fact]
    public Task MisspeltRule() => mock.Test(async kfmock => { kfmock.On("GET", "/Agnts").Refuse("unavailable"); await Task.Yield(); });

    [Fact]
    public Task NoEffect() => mock.Test(async kfmock => { kfmock.On("GET", "/Agents"); await Task.Yield(); });

    [Fact]
    public Task NotMet() => mock.Test(async kfmock =>
    {
        await Ask(kfmock, "/PamProviders");
        kfmock.Expect(new { requests = new { operation = "GET /Agents" }, count = 1 });
    });

    [Fact]
    public Task Shown() => mock.Test(async kfmock =>
    {
        kfmock.On("GET", "/Agents").Refuse("unavailable");
        Assert.Equal(HttpStatusCode.OK, await Ask(kfmock, "/Agents"));
    });

    [Fact]
    public Task Right() => mock.Test(async kfmock =>
    {
        kfmock.On("GET", "/Agents", more: ("chance", "100%")).Does();
        kfmock.Expect(new { requests = new { operation = "GET /Agents" }, count = 0 });
        kfmock.Verify();
        await Task.Yield();
    });

    // It ends as a test does that somebody kills.
    [Fact]
    public Task Killed() => mock.Test(async kfmock =>
    {
        Process.GetCurrentProcess().Kill();
        await Task.Delay(-1);
    });

    // It kills the server that was started for it.
    [Fact]
    public Task Dies() => mock.Test(async kfmock =>
    {
        var pid = JsonDocument.Parse(kfmock.Control("GET", "info")).RootElement.GetProperty("pid").GetInt32();
        Process.GetProcessById(pid).Kill();
        await Task.Yield();
        kfmock.Requests();
    });
}
