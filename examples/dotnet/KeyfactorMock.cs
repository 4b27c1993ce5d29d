// A world of its own on a keyfactor-mock server for each test of a Keyfactor Command client. README.md says which server.
using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Threading.Tasks;
using static System.Environment;

/// <summary>The mock refused a request, or what a test expected has not happened, or there is no server: the message says which.</summary>
public sealed class MockException : Exception { public MockException(string text, Exception inner = null) : base(text, inner) { } }

/// <summary>The fixture of a test class, <c>IClassFixture&lt;KeyfactorMock&gt;</c>. All classes share one server.</summary>
public sealed class KeyfactorMock
{
    private static readonly Lazy<Server> Shared = new Lazy<Server>(() => new Server());
    private readonly Server server = Shared.Value;

    /// <summary>Runs a test in a world, which is named after it. If it fails, the message has the last exchanges and the rules.</summary>
    public async Task Test(Func<World, Task> test, [CallerMemberName] string name = "")
    {
        var hash = 2166136261u; // FNV-1a is the same in every run
        foreach (var c in test.Method.DeclaringType.FullName.Split('+')[0] + name) hash = unchecked((hash ^ c) * 16777619u);
        var world = new World(server, $"{name.Substring(0, Math.Min(name.Length, 48))}-{hash:x8}");
        try
        {
            await test(world);
            world.Finish();
        }
        catch (Exception why)
        {
            throw new MockException($"{why.Message}\n\nkeyfactor-mock, world {world.Name}\n{world.Summary()}", why);
        }
        finally
        {
            world.Drop();
        }
    }
}

/// <summary>A running keyfactor-mock: the one that the environment names, as exec sets it, or one that is started.</summary>
internal sealed class Server
{
    private const string Token = "KEYFACTOR_MOCK_ADMIN_TOKEN";
    private static readonly string[] Variables =
        { "KFMOCK_HTTP_URL", "KFMOCK_URL", "KFMOCK_ADMIN_URL", "KEYFACTOR_API_PATH", "KEYFACTOR_CA_CERT" };
    // It says what exec has set, and ends when the tests end, even if they are killed; then the server stops.
    private static readonly string Script = $"printf '%s\\n' {string.Join(" ", Variables.Select(each => $"\"${each}\""))}; exec cat";
    internal readonly string Https, Base, Admin, Api;
    internal readonly HttpClient Client;
    private readonly HttpClient control;
    private readonly string caFile;
    private Process process;

    internal Server()
    {
        var found = Variables.Select(GetEnvironmentVariable).ToArray();
        if (string.IsNullOrEmpty(found[0] + found[1])) found = Start();
        Https = Or(found[1], null);
        Base = Or(found[0], Https);
        Admin = Or(found[2], Base + "/_mock");
        Api = "/" + Or(found[3], "KeyfactorAPI").Trim('/');
        var handler = new HttpClientHandler { UseProxy = false, ServerCertificateCustomValidationCallback = Trusts };
        Client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(30) };
        control = new HttpClient(handler) { Timeout = TimeSpan.FromMinutes(11) }; // an Await may take ten
        caFile = Or(found[4], null);
        if (caFile != null && !(File.Exists(caFile) && File.ReadAllText(caFile).Contains("BEGIN CERTIFICATE")))
            throw new MockException($"The CA file {caFile}, which KEYFACTOR_CA_CERT names, does not exist, or has no certificate.");
    }

    private static string Or(string text, string otherwise) => string.IsNullOrEmpty(text) ? otherwise : text;

    private string[] Start()
    {
        var named = GetEnvironmentVariable("KEYFACTOR_MOCK_BINARY");
        var how = new ProcessStartInfo(string.IsNullOrEmpty(named) ? "keyfactor-mock" : named) {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var each in "exec --http-port 0 --https-port 0 -- sh -c".Split(' ').Append(Script)) how.ArgumentList.Add(each);
        try { process = Process.Start(how); }
        catch (Win32Exception why)
        {
            throw new MockException(string.IsNullOrEmpty(named)
                ? "keyfactor-mock was not found: set KFMOCK_URL or KEYFACTOR_MOCK_BINARY, or add it to PATH."
                : $"{named} cannot be run: {why.Message}.");
        }
        var log = process.StandardError.ReadToEndAsync();
        var lines = Variables.Select(_ => process.StandardOutput.ReadLine()).ToArray();
        if (lines.Last() != null) return lines;
        throw new MockException($"{how.FileName} did not start: {string.Join(" ", log.Result.Split('\n').Select(each => each.Trim()))}");
    }

    // Trusts what the system trusts, and what the CA has signed.
    private bool Trusts(HttpRequestMessage request, X509Certificate2 certificate, X509Chain chain, SslPolicyErrors errors)
    {
        if (caFile == null || errors != SslPolicyErrors.RemoteCertificateChainErrors) return errors == SslPolicyErrors.None;
        var ca = new X509Certificate2(caFile);
        chain.ChainPolicy.ExtraStore.Add(ca);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        var root = chain.Build(certificate) ? chain.ChainElements[chain.ChainElements.Count - 1].Certificate : null;
        return root != null && root.RawData.SequenceEqual(ca.RawData);
    }

    internal string Control(string method, string page, object body = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), $"{Admin}/{page}");
        if (body != null) request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body));
        var token = GetEnvironmentVariable(Token);
        if (!string.IsNullOrEmpty(token)) request.Headers.Add("X-Mock-Token", token);
        try
        {
            var reply = control.SendAsync(request).GetAwaiter().GetResult();
            var text = reply.Content.ReadAsStringAsync().GetAwaiter().GetResult();
            if (reply.IsSuccessStatusCode) return text;
            if ((int)reply.StatusCode == 401)
                throw new MockException($"keyfactor-mock at {Admin} only obeys who knows its --admin-token, expected in {Token}.");
            var why = text.StartsWith("{\"error\"") ? JsonDocument.Parse(text).RootElement.GetProperty("error").GetString() : text;
            throw new MockException($"{method} {Admin}/{page}: {(int)reply.StatusCode} {why}");
        }
        catch (HttpRequestException why)
        {
            throw new MockException(process != null && process.WaitForExit(1000)
                ? $"The keyfactor-mock that was started for the tests has ended, with exit code {process.ExitCode}."
                : $"No keyfactor-mock answers at {Admin}: {(why.InnerException ?? why).Message}.");
        }
    }
}
