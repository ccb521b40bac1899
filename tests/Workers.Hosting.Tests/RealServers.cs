using System.Globalization;
using Testing;

[assembly: AssemblyFixture(typeof(RealServers))]

namespace Workers.Hosting.Tests;

internal static class ProductionSettings
{
    /// <summary>Settings of a fleet on RabbitMQ and PostgreSQL.</summary>
    public static Dictionary<string, string?> On(RabbitMqServer broker, string virtualHost, string database)
    {
        var settings = TestFleet.Settings();
        settings["Bus:Kind"] = "RabbitMq";
        settings["Bus:Host"] = "127.0.0.1";
        settings["Bus:Port"] = broker.Port.ToString(CultureInfo.InvariantCulture);
        settings["Bus:VirtualHost"] = virtualHost;
        settings["Database:Kind"] = "PostgreSql";
        settings["Database:ConnectionString"] = database;
        return settings;
    }

    public static async Task<Dictionary<string, string?>> FreshAsync(RealServers servers)
    {
        var token = TestContext.Current.CancellationToken;
        var postgres = await servers.PostgresAsync(token);
        var broker = await servers.RabbitMqAsync(token);
        return On(broker, await broker.CreateVirtualHostAsync(token), await postgres.CreateDatabaseAsync(token));
    }
}
