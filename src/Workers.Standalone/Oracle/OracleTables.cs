using System.Globalization;
using Mechanisms.PrivacyGame;
using Mechanisms.PrivacyGame.Models;
using Spectre.Console;
using Workers.Oracle.Terms;

namespace Workers.Standalone.Oracle;

/// <summary>The tables at the end of <c>./run oracle</c>.</summary>
internal static class OracleTables
{
    private const decimal Credit = 1_000_000_000_000_000_000m;

    /// <summary>Who did what in the committee, and what became of it.</summary>
    public static async Task WriteNodesAsync(IAnsiConsole console, OracleHouses houses, RequestView request, IReadOnlyList<ScriptedNode> scripted, CancellationToken cancellationToken)
    {
        var names = scripted.ToDictionary(s => s.Account.ToString(), s => (s.Name, Gas: (long)s.GasUsed), StringComparer.Ordinal);
        var rejections = new List<string>();
        foreach (var fleet in houses.Nodes)
        {
            var gas = (await fleet.Client.TransactionsAsync(cancellationToken)).Sum(t => t.GasUsed);
            names[await fleet.Client.AccountAsync(cancellationToken)] = (fleet.Name, gas);
            if (await fleet.Client.RequestAsync(request.Id, cancellationToken) is { } own)
            {
                rejections.AddRange(own.Verdicts.Where(v => v.Accept == false).Select(v => $"{fleet.Name} rejected a proposal after {v.Seconds.ToString("0.00", CultureInfo.InvariantCulture)} s: {v.Problem} Evidence {v.Evidence}."));
            }
        }

        var table = new Table().Border(TableBorder.Rounded).Title("The committee");
        table.AddColumns("node", "profiles", "proposal", "votes", "lost", "earned", "gas");
        foreach (var node in request.Submissions.Concat(request.Committee.Except(request.Submissions, StringComparer.Ordinal)))
        {
            var penalties = request.Penalties.Where(p => p.Node == node).ToList();
            table.AddRow(
                names.TryGetValue(node, out var known) ? known.Name : node,
                !request.Submissions.Contains(node) ? "silent" : penalties.Exists(p => p.Offence == "OutvotedProfiles") ? "altered: outvoted" : "agreed",
                request.Proposals.FirstOrDefault(p => p.Solver == node) is not { } proposal ? "" : penalties.Exists(p => p.Offence == "RejectedProposal") ? "rejected" : $"attempt {proposal.Attempt + 1}",
                string.Join(", ", request.Votes.Where(v => v.Node == node).Select(v => v.Accept ? "yes" : "no")),
                Amount(penalties.Sum(p => p.Amount)),
                Amount(request.Payments.Where(p => p.Node == node).Sum(p => p.Amount)),
                known.Gas.ToString("N0", CultureInfo.InvariantCulture));
        }

        console.Write(table);
        foreach (var line in rejections)
        {
            console.WriteLine(line);
        }
    }

    /// <summary>What privacy costs, alone and in the group.</summary>
    public static void WriteGames(IAnsiConsole console, OracleGroup group, GameTerms terms, PrivacyModel model, CertificateFindings findings, CancellationToken cancellationToken)
    {
        var table = new Table().Border(TableBorder.Rounded).Title(string.Create(CultureInfo.InvariantCulture, $"What β = {terms.Beta} km costs, for one user and for the group"));
        table.AddColumn("game");
        foreach (var column in new[] { "states", "most privacy, km", "privacy, km", "cost", "least cost" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        var together = OracleGroup.Game(terms, group.Histories);
        Add("group, the oracle's model (CPGM-1)", model.States, together.HighestPrivacy, findings);
        Solve("group, without mobility (CPGM-2)", together, null);
        var alone = OracleGroup.Game(terms, group.Histories.Take(1));
        Solve("alice alone (SUPG-1)", alone, terms.Alpha);
        Solve("alice alone, without mobility (SUPG-2)", alone, null);
        console.Write(table);

        void Solve(string name, GroupGame game, double? alpha)
        {
            if (game.HighestPrivacy < terms.Beta)
            {
                table.AddRow(name, Count(game.Prior.Length), Kilometres(game.HighestPrivacy), "β cannot be had", "", "");
                return;
            }

            var wish = game.For(alpha, terms.Beta);
            Add(name, wish.States, game.HighestPrivacy, OracleStory.Solve(wish, cancellationToken).Check(wish));
        }

        void Add(string name, int states, double highest, CertificateFindings f) => table.AddRow(name, Count(states), Kilometres(highest), Kilometres(f.Privacy), Cost(f.Cost), Cost(f.LowerBound));
    }

    private static string Amount(decimal units) => units == 0 ? "" : (units / Credit).ToString("0.##", CultureInfo.InvariantCulture);

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Kilometres(double km) => km.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Cost(double cost) => cost.ToString("0.0000", CultureInfo.InvariantCulture);
}
