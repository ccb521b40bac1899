using Contracts.Messages;
using Ethereum;
using Ethereum.Abi;

namespace Workers.Hosting.Messaging;

/// <summary>A worker's handlers of contract events.</summary>
/// <param name="Contract">Name under <c>Chain:Contracts</c>.</param>
/// <param name="Retraction">Whether it wants the event's disappearance rather than the event.</param>
internal sealed record EventRoute(string Contract, Hash32 Topic, bool Retraction, Func<LogContent, Step> Step);

/// <summary>What a chain event and its retraction both carry.</summary>
internal sealed record LogContent(LogPosition Position, DateTimeOffset BlockTime, Address Address, Hash32[] Topics, byte[] Data)
{
    /// <exception cref="RejectedException">Topics or data are not hexadecimal of the right lengths.</exception>
    public static LogContent From(LogPosition position, DateTimeOffset time, string address, IReadOnlyList<string> topics, string data)
    {
        try
        {
            return new LogContent(position, time, Ethereum.Address.Parse(address), [.. topics.Select(Hash32.Parse)], Hex.Parse(data));
        }
        catch (FormatException e)
        {
            throw new RejectedException($"Log {position.LogIndex} of transaction {position.TransactionHash} cannot be read: {e.Message}", e);
        }
    }

    /// <exception cref="RejectedException">The contract logged something that its ABI does not allow.</exception>
    public TEvent Decode<TEvent>()
        where TEvent : IEvent<TEvent>
    {
        try
        {
            return TEvent.Decode(Topics, Data);
        }
        catch (AbiException e)
        {
            throw new RejectedException(
                $"Log {Position.LogIndex} of transaction {Position.TransactionHash} is not a {typeof(TEvent).Name} as this build knows it: {e.Message} Is the contract's version the one configured?", e);
        }
    }
}

/// <summary>Finds a log's handlers by its contract's configured address and its first topic.</summary>
internal sealed class ChainEventRoutes(IReadOnlyList<EventRoute> routes, ContractAddresses contracts)
{
    private readonly ILookup<(Address, Hash32, bool), EventRoute> _routes =
        routes.ToLookup(r => (contracts[r.Contract], r.Topic, r.Retraction));

    public IReadOnlyList<Step> Plan(Delivery delivery)
    {
        var retraction = string.Equals(delivery.MessageType, typeof(ChainEventRetracted).FullName, StringComparison.Ordinal);
        LogContent log;
        if (retraction)
        {
            var e = delivery.Read<ChainEventRetracted>();
            log = LogContent.From(e.Position, e.BlockTime, e.Address, e.Topics, e.Data);
        }
        else
        {
            var e = delivery.Read<ChainEvent>();
            log = LogContent.From(e.Position, e.BlockTime, e.Address, e.Topics, e.Data);
        }

        return log.Topics.Length == 0 ? [] : [.. _routes[(log.Address, log.Topics[0], retraction)].Select(r => r.Step(log))];
    }
}

/// <summary>The contracts' addresses from <c>Chain:Contracts:&lt;Name&gt;</c>.</summary>
internal sealed class ContractAddresses(IConfiguration configuration)
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Chain:Contracts";

    /// <exception cref="InvalidOperationException">Not configured, or not an address; the message names the key.</exception>
    public Address this[string contract] =>
        Problem(contract) is { } problem ? throw new InvalidOperationException(problem) : Address.Parse(configuration[$"{Section}:{contract}"]!);

    internal string? Problem(string contract)
    {
        var text = configuration[$"{Section}:{contract}"];
        return text is null ? $"{Section}:{contract} (not set): the address of the contract {contract} is needed, 0x and 40 hexadecimal digits."
            : !Address.TryParse(text, null, out var address) || address.IsZero ? $"{Section}:{contract} = '{text}' is not a contract's address: 0x and 40 hexadecimal digits."
            : null;
    }
}
