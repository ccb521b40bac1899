using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Testing;

namespace Docker.Tests;

/// <summary>docker/compose.yaml, read as an engine reads it, without an engine.</summary>
public sealed partial class ComposeFile
{
    private static readonly string[] Path = ["docker", "compose.yaml"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Conforms_to_the_specification_and_keeps_the_rules_of_the_house()
    {
        var (code, compose, complaints) = await ReadAsync(RepositoryFiles.At(Path));
        Assert.True(code == 0, complaints);
        using var secrets = await Secrets.MakeAsync(Cancellation);
        Assert.Empty(ComposeRules.Breaches(compose, p => System.IO.Path.Exists(System.IO.Path.Combine(RepositoryFiles.At("docker"), p)), secrets.Names));
    }

    [Theory]
    [InlineData("read_only: true", "read_only: false", "encryption: its root file system can be written to")]
    [InlineData("cap_drop: [ALL]", "cap_drop: [NET_RAW]", "postgres: it keeps capabilities")]
    [InlineData("no-new-privileges:true", "label:disable", "kubo: it may gain privileges")]
    [InlineData("user: postgres", "user: root", "postgres: its user is root or the image's choice")]
    [InlineData("user: ipfs", "privileged: true", "kubo: it asks for more than a container has")]
    [InlineData("${BIND:-127.0.0.1}:${ENCRYPTION_PORT:-8080}", "${ENCRYPTION_PORT:-8080}", "encryption: its port ${ENCRYPTION_PORT:-8080}:8080 is not on the loopback")]
    [InlineData("Bus__UserName: listener", "Bus__Password: secret", "listener: Bus__Password puts a secret into the environment")]
    [InlineData("Telemetry__Otlp__Endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT", "listener: OTEL_EXPORTER_OTLP_ENDPOINT is no setting of a worker")]
    [InlineData("test: [\"CMD\", \"pg_isready\"", "interval_of: [\"CMD\", \"pg_isready\"", "postgres: nothing tells whether it is healthy")]
    [InlineData("kubo: { condition: service_healthy }", "kubo: { condition: service_started }", "encryption: it does not wait until kubo is healthy")]
    [InlineData("kubo: { condition: service_healthy }", "ipfs: { condition: service_healthy }", "listener: it depends on ipfs, which is no service")]
    [InlineData("./rabbitmq/enabled_plugins", "./rabbitmq/plugins", "rabbitmq: ./rabbitmq/plugins does not exist")]
    [InlineData("rabbitmq.conf:ro", "rabbitmq.conf", "rabbitmq: ./rabbitmq/rabbitmq.conf can be written to")]
    [InlineData("listener: {}", "listeners: {}", "volumes: listener is used but not declared")]
    [InlineData("listener: {}", "listeners: {}", "volumes: listeners is declared but not used")]
    [InlineData("inside: { internal: true }", "within: { internal: true }", "networks: inside is used but not declared")]
    [InlineData("source: listener-bus,", "source: listener-buss,", "secrets: listener-buss is used but not declared")]
    [InlineData("./secrets}/listener-bus", "./secrets}/listener-buss", "secrets: nothing makes ${SECRETS:-./secrets}/listener-buss")]
    public async Task A_breach_of_a_rule_is_found(string text, string broken, string breach)
    {
        var file = await File.ReadAllTextAsync(RepositoryFiles.At(Path), Cancellation);
        Assert.Contains(text, file, StringComparison.Ordinal);
        var (_, compose, _) = await ReadTextAsync(file.Replace(text, broken, StringComparison.Ordinal));
        using var secrets = await Secrets.MakeAsync(Cancellation);
        Assert.Contains(breach, ComposeRules.Breaches(compose, p => System.IO.Path.Exists(System.IO.Path.Combine(RepositoryFiles.At("docker"), p)), secrets.Names));
    }

    [Fact]
    public async Task A_key_that_no_engine_knows_is_found()
    {
        var file = await File.ReadAllTextAsync(RepositoryFiles.At(Path), Cancellation);
        var (code, _, complaints) = await ReadTextAsync(file.Replace("read_only: true", "readonly: true", StringComparison.Ordinal));
        Assert.Equal(1, code);
        Assert.Contains("/services/postgres must NOT have additional properties {\"additionalProperty\":\"readonly\"}", complaints, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_variable_is_explained_in_the_example_of_the_environment()
    {
        var file = await File.ReadAllTextAsync(RepositoryFiles.At(Path), Cancellation);
        var example = await File.ReadAllLinesAsync(RepositoryFiles.At("docker", ".env.example"), Cancellation);
        var explained = example.Where(l => !l.StartsWith('#') && l.Contains('=', StringComparison.Ordinal)).Select(l => l.Split('=')[0]);
        Assert.Equal(Variable().Matches(file).Select(m => m.Groups["name"].Value).Distinct().Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
    }

    private static async Task<(int Code, JsonObject Compose, string Complaints)> ReadTextAsync(string text)
    {
        var path = System.IO.Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, text, Cancellation);
            return await ReadAsync(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task<(int Code, JsonObject Compose, string Complaints)> ReadAsync(string path)
    {
        var start = new ProcessStartInfo("node", [RepositoryFiles.At("tests", "node", "compose", "check.mjs"), path]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var complaints = process.StandardError.ReadToEndAsync(Cancellation);
        var json = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        Assert.True(json.Length > 0, await complaints);
        return (process.ExitCode, JsonNode.Parse(json)!.AsObject(), await complaints);
    }

    [GeneratedRegex("\\$\\{(?<name>[A-Z_]+)[:}]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();
}
