using System.Diagnostics;
using System.Text;
using Npgsql;
using RabbitMQ.Client;
using Testing;

namespace Testing.Tests;

public sealed class ServersThatAreKilled
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Postgres_keeps_a_committed_row_and_forgets_an_open_transaction()
    {
        await using var server = await PostgresServer.StartAsync(Cancellation);
        var database = await server.CreateDatabaseAsync(Cancellation);
        await ExecuteAsync(database, "CREATE TABLE kept(value int); INSERT INTO kept VALUES (1)");
        await using var open = new NpgsqlConnection(database);
        await open.OpenAsync(Cancellation);
        await using var transaction = await open.BeginTransactionAsync(Cancellation);
        await using var insert = new NpgsqlCommand("INSERT INTO kept VALUES (2)", open, transaction);
        await insert.ExecuteNonQueryAsync(Cancellation);

        var pid = server.Process.Pid;
        await server.KillAsync();
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(pid));
        await server.RestartAsync(Cancellation);

        Assert.Equal(1L, await ExecuteAsync(database, "SELECT sum(value) FROM kept"));
        await server.StopAsync();
        await server.RestartAsync(Cancellation);
        Assert.Equal(1L, await ExecuteAsync(database, "SELECT count(*) FROM kept"));
    }

    [Fact]
    public async Task RabbitMq_keeps_a_confirmed_message_in_a_quorum_queue()
    {
        await using var server = await RabbitMqServer.StartAsync(Cancellation);
        var virtualHost = await server.CreateVirtualHostAsync(Cancellation);
        var factory = new ConnectionFactory { Uri = server.Address(virtualHost) };
        await using (var connection = await factory.CreateConnectionAsync(Cancellation))
        await using (var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), Cancellation))
        {
            var quorum = new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" };
            await channel.QueueDeclareAsync("kept", durable: true, exclusive: false, autoDelete: false, quorum, cancellationToken: Cancellation);
            await Task.Delay(RabbitMqServer.QuorumQueueSettles, Cancellation);
            await channel.BasicPublishAsync("", "kept", mandatory: true, new BasicProperties { Persistent = true }, "still here"u8.ToArray(), Cancellation);
        }

        var pid = server.Process.Pid;
        await server.KillAsync();
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(pid));
        await server.RestartAsync(Cancellation);

        await using var again = await factory.CreateConnectionAsync(Cancellation);
        await using var reader = await again.CreateChannelAsync(cancellationToken: Cancellation);
        var message = await reader.BasicGetAsync("kept", autoAck: true, Cancellation);
        Assert.Equal("still here", Encoding.UTF8.GetString(Assert.IsType<BasicGetResult>(message).Body.Span));
    }

    [Fact]
    public async Task Anvil_keeps_its_blocks_with_their_hashes_and_balances()
    {
        await using var node = await AnvilNode.StartAsync(cancellation: Cancellation);
        await TransferAsync(node, "0x10");
        await node.MineAsync(5);
        Assert.Equal(6, await node.BlockNumberAsync());
        var before = (await node.CallAsync("eth_getBlockByNumber", "0x1", true)).GetRawText();

        await node.KillAsync();
        await node.RestartAsync(Cancellation);
        Assert.Equal(6, await node.BlockNumberAsync());
        Assert.Equal(before, (await node.CallAsync("eth_getBlockByNumber", "0x1", true)).GetRawText());

        await TransferAsync(node, "0x01");
        Assert.Equal(7, await node.BlockNumberAsync());
        await node.KillAsync();
        await node.RestartAsync(Cancellation);
        Assert.Equal(7, await node.BlockNumberAsync());
        // 10,000 ether at genesis and the two transfers, in wei.
        Assert.Equal("0x21e19e0c9bab2400011", (await node.CallAsync("eth_getBalance", AnvilNode.Accounts[1].Address, "latest")).GetString());
    }

    [Fact]
    public async Task Anvil_replaces_the_last_blocks_in_a_reorganisation()
    {
        await using var node = await AnvilNode.StartAsync(new AnvilOptions(Mining: false), Cancellation);
        await node.MineAsync(10);
        async Task<string> HashAsync(string block) => (await node.CallAsync("eth_getBlockByNumber", block, false)).GetProperty("hash").GetString()!;
        string[] before = [await HashAsync("0x7"), await HashAsync("0x8")];

        await node.ReorganiseAsync(3);

        Assert.Equal(10, await node.BlockNumberAsync());
        Assert.Equal(before[0], await HashAsync("0x7"));
        Assert.NotEqual(before[1], await HashAsync("0x8"), StringComparer.Ordinal);
    }

    private static async Task TransferAsync(AnvilNode node, string value)
    {
        var hash = (await node.CallAsync("eth_sendTransaction", new { from = AnvilNode.Accounts[0].Address, to = AnvilNode.Accounts[1].Address, value })).GetString();
        while ((await node.CallAsync("eth_getTransactionReceipt", hash)).ValueKind == System.Text.Json.JsonValueKind.Null)
        {
            await Task.Delay(20, Cancellation);
        }
    }

    private static async Task<object?> ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancellation);
    }
}
