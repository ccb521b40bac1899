using System.Text.Json;

namespace Ethereum.Rpc;

/// <summary>Which logs are wanted: of any of the addresses, and at each position any of the topics. An empty list wants all.</summary>
/// <param name="Addresses">The contracts.</param>
/// <param name="Topics">At most four lists of alternatives, one per topic position.</param>
public sealed record LogFilter(IReadOnlyList<Address> Addresses, IReadOnlyList<IReadOnlyList<Hash32>> Topics)
{
    /// <summary>Logs of these contracts with one of these first topics (events); none means all.</summary>
    public static LogFilter Of(IReadOnlyList<Address> addresses, params IReadOnlyList<Hash32> events) =>
        new(addresses, events.Count == 0 ? [] : [events]);

    /// <summary>Whether a log is wanted.</summary>
    public bool Matches(Log log)
    {
        if ((Addresses.Count > 0 && !Addresses.Contains(log.Address)) || log.Topics.Length < Topics.Count)
        {
            return false;
        }

        for (var i = 0; i < Topics.Count; i++)
        {
            if (Topics[i].Count > 0 && !Topics[i].Contains(log.Topics[i]))
            {
                return false;
            }
        }

        return true;
    }

    internal void WriteMembers(Utf8JsonWriter writer)
    {
        if (Addresses.Count > 0)
        {
            writer.WriteStartArray("address"u8);
            foreach (var address in Addresses)
            {
                writer.WriteStringValue(address.ToString());
            }

            writer.WriteEndArray();
        }

        writer.WriteStartArray("topics"u8);
        foreach (var alternatives in Topics)
        {
            if (alternatives.Count == 0)
            {
                writer.WriteNullValue();
                continue;
            }

            writer.WriteStartArray();
            foreach (var topic in alternatives)
            {
                writer.WriteStringValue(topic.ToString());
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }
}
