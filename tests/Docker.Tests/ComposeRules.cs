using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Docker.Tests;

/// <summary>What docker/compose.yaml has to keep beyond being a compose file; works on its JSON with anchors and merges resolved.</summary>
internal static partial class ComposeRules
{
    /// <param name="compose">The file.</param>
    /// <param name="exists">Whether a path relative to the file exists.</param>
    /// <param name="secrets">Names of the files that docker/make-secrets makes.</param>
    /// <returns>A sentence for each breach.</returns>
    public static IEnumerable<string> Breaches(JsonObject compose, Func<string, bool> exists, IReadOnlySet<string> secrets)
    {
        var services = compose["services"]!.AsObject();
        return services.SelectMany(s => Hardening(s.Value!.AsObject()).Concat(Health(s.Value!.AsObject(), services)).Concat(Mounts(s.Value!.AsObject(), exists)).Select(b => $"{s.Key}: {b}"))
            .Concat(References(compose, services))
            .Concat(Secrets(compose, secrets));
    }

    private static IEnumerable<string> Hardening(JsonObject service)
    {
        if (service["read_only"]?.GetValue<bool>() != true)
        {
            yield return "its root file system can be written to";
        }

        if (Texts(service["cap_drop"]).SingleOrDefault() != "ALL")
        {
            yield return "it keeps capabilities";
        }

        if (!Texts(service["security_opt"]).Contains("no-new-privileges:true"))
        {
            yield return "it may gain privileges";
        }

        if (service["privileged"] is not null || service["cap_add"] is not null || service["network_mode"] is not null || service["pid"] is not null)
        {
            yield return "it asks for more than a container has";
        }

        // Ours have theirs in the Dockerfile.
        if (service["build"] is null && service["user"]?.ToString() is null or "root" or "0")
        {
            yield return "its user is root or the image's choice";
        }

        foreach (var port in Texts(service["ports"]).Where(p => !OnLoopback().IsMatch(p)))
        {
            yield return $"its port {port} is not on the loopback";
        }

        foreach (var (key, _) in service["environment"] as JsonObject ?? [])
        {
            if (SecretName().IsMatch(key) && !key.EndsWith("_FILE", StringComparison.Ordinal))
            {
                yield return $"{key} puts a secret into the environment";
            }

            if (service["build"] is not null && !OurKey().IsMatch(key))
            {
                yield return $"{key} is no setting of a worker";
            }
        }
    }

    private static IEnumerable<string> Health(JsonObject service, JsonObject services)
    {
        if (service["build"] is null && service["healthcheck"]?["test"] is null)
        {
            yield return "nothing tells whether it is healthy";
        }

        foreach (var (name, dependency) in service["depends_on"] as JsonObject ?? [])
        {
            if (services[name] is null)
            {
                yield return $"it depends on {name}, which is no service";
            }

            if (dependency?["condition"]?.ToString() != "service_healthy")
            {
                yield return $"it does not wait until {name} is healthy";
            }
        }
    }

    private static IEnumerable<string> Mounts(JsonObject service, Func<string, bool> exists) =>
        Texts(service["volumes"]).Where(v => v.StartsWith("./", StringComparison.Ordinal)).Select(v => v.Split(':')).SelectMany(IEnumerable<string> (v) =>
            !exists(v[0]) ? [$"{v[0]} does not exist"] : v is [_, _, "ro"] ? [] : [$"{v[0]} can be written to"]);

    private static IEnumerable<string> References(JsonObject compose, JsonObject services)
    {
        foreach (var kind in (string[])["networks", "volumes", "secrets"])
        {
            var declared = (compose[kind] as JsonObject ?? []).Select(d => d.Key).ToHashSet(StringComparer.Ordinal);
            var used = services.SelectMany(s => Used(s.Value![kind])).ToHashSet(StringComparer.Ordinal);
            foreach (var name in used.Except(declared, StringComparer.Ordinal))
            {
                yield return $"{kind}: {name} is used but not declared";
            }

            foreach (var name in declared.Except(used, StringComparer.Ordinal))
            {
                yield return $"{kind}: {name} is declared but not used";
            }
        }
    }

    private static IEnumerable<string> Secrets(JsonObject compose, IReadOnlySet<string> made) =>
        from secret in compose["secrets"]!.AsObject()
        let file = secret.Value!["file"]!.ToString()
        where !file.StartsWith("${SECRETS:-./secrets}/", StringComparison.Ordinal) || !made.Contains(file.Split('/')[^1])
        select $"secrets: nothing makes {file}";

    /// <summary>Names in a short or long list; a volume's source is a name unless it is a path or a variable.</summary>
    private static IEnumerable<string> Used(JsonNode? references) =>
        (references as JsonArray ?? []).Select(r => (r is JsonObject o ? o["source"]! : r!).ToString().Split(':')[0]).Where(n => !n.StartsWith('.') && !n.StartsWith('/') && !n.StartsWith('$'));

    private static IEnumerable<string> Texts(JsonNode? list) => (list as JsonArray ?? []).Select(t => t!.ToString());

    [GeneratedRegex("^\\$\\{([A-Z]+_)?BIND:-127\\.0\\.0\\.1\\}:", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OnLoopback();

    [GeneratedRegex("PASSWORD|SECRET|CONNECTIONSTRING|PASSPHRASE|MASTERKEY$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SecretName();

    [GeneratedRegex("^(Bus|Chain|Collecting|Content|Dashboard|Data|Database|Encryption|Envelopes|Evaluator|Filing|Http|Listener|Node|Oracle|Place|Providing|Retrieval|Sealing|Telemetry|Transactions|Vault|Zone)(__[A-Za-z0-9]+)+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OurKey();
}
