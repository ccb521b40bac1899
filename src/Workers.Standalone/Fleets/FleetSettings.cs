using System.Globalization;
using Workers.Standalone.Chain;

namespace Workers.Standalone.Fleets;

/// <summary>What the organisations share (a chain, IPFS) and what one of them wants in particular.</summary>
/// <param name="Particular">Configuration keys of this organisation alone.</param>
internal sealed record FleetSettings(string Root, Uri Chain, MarketContracts Contracts, IReadOnlyDictionary<string, string> Particular)
{
    public string DirectoryOf(string organisation) => Path.Combine(Root, organisation);

    /// <summary>The organisation's configuration, as its environment or appsettings.json would hold it in production.</summary>
    public IEnumerable<KeyValuePair<string, string?>> ToConfiguration(string organisation)
    {
        var directory = DirectoryOf(organisation);
        var common = new Dictionary<string, string?>
        {
            ["Data:Directory"] = directory,
            ["Encryption:DataDirectory"] = directory,
            ["Evaluator:DataDirectory"] = directory,
            ["Http:Url"] = "http://127.0.0.1:0",
            ["Envelopes:Url"] = "https://127.0.0.1:0",
            ["Envelopes:TrustedNetworks:0"] = "127.0.0.0/8",
            ["Bus:Kind"] = "InMemory",
            ["Database:Kind"] = "Sqlite",
            ["Content:Kind"] = "Embedded",
            ["Content:Directory"] = Path.Combine(Root, "ipfs"),
            ["Serilog:WriteTo:0:Name"] = "File",
            ["Serilog:WriteTo:0:Args:path"] = Path.Combine(Root, "logs", $"{organisation}.log"),
            ["Chain:Endpoints:0"] = Chain.ToString(),
            ["Chain:StartBlock"] = Contracts.Block.ToString(CultureInfo.InvariantCulture),
            ["Chain:Contracts:MarketToken"] = Contracts.MarketToken.ToString(),
            ["Chain:Contracts:DataTrades"] = Contracts.DataTrades.ToString(),
            ["Chain:Contracts:CommunicationLog"] = Contracts.CommunicationLog.ToString(),
            ["Chain:Contracts:TradingSessions"] = Contracts.TradingSessions.ToString(),
            ["Chain:Contracts:DatasetMarket"] = Contracts.DatasetMarket.ToString(),
            ["Chain:Contracts:PrivacyOracle"] = Contracts.PrivacyOracle.ToString(),
            ["Chain:Contracts:Conduct"] = Contracts.Conduct.ToString(),
            ["Chain:Contracts:Collaboration"] = Contracts.Collaboration.ToString(),
            ["Chain:Confirmations"] = "1",
            ["Chain:FinalityDepth"] = "3",
            ["Chain:PollInterval"] = "00:00:00.2",
            ["Transactions:PollInterval"] = "00:00:00.2",
            ["Trading:SweepSchedule"] = "00:00:02",
            ["Evaluator:SweepSchedule"] = "00:00:02",
            ["Evaluator:FetchInterval"] = "00:00:01",
            ["Oracle:SweepSchedule"] = "00:00:02",
            ["Oracle:FetchInterval"] = "00:00:01",
            ["Node:MaintainSchedule"] = "00:00:02",
        };
        foreach (var (key, value) in Particular)
        {
            common[key] = value;
        }

        return common;
    }
}
