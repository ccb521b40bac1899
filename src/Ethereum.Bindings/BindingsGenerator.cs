using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Ethereum.Bindings;

/// <summary>
/// Makes a class in namespace <c>Ethereum.Contracts</c> from every additional file <c>*.json</c> of the form
/// <c>{"contractName", "abi", "bytecode"}</c>: typed calls, events, errors, structs and the deployment.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class BindingsGenerator : IIncrementalGenerator
{
    private static readonly DiagnosticDescriptor Malformed = new(
        "ETH001", "Contract ABI cannot be read", "{0}: {1}", "Ethereum.Bindings", DiagnosticSeverity.Error, isEnabledByDefault: true);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var contracts = context.AdditionalTextsProvider
            .Where(file => string.Equals(Path.GetExtension(file.Path), ".json", StringComparison.OrdinalIgnoreCase))
            .Select((file, cancellation) => Generate(file.Path, file.GetText(cancellation)?.ToString() ?? ""))
            .Collect();
        context.RegisterSourceOutput(contracts, Emit);
    }

    private static (string Path, string Contract, string Source, string Error) Generate(string path, string text)
    {
        try
        {
            var contract = ContractAbi.Parse(text);
            return (path, contract.Name, new ContractWriter(contract).Write(), "");
        }
        catch (FormatException e)
        {
            return (path, "", "", e.Message);
        }
    }

    private static void Emit(SourceProductionContext context, ImmutableArray<(string Path, string Contract, string Source, string Error)> contracts)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (path, contract, source, error) in contracts)
        {
            var problem = error.Length > 0 ? error : seen.Add(contract) ? "" : $"another file holds the contract {contract} too";
            if (problem.Length > 0)
            {
                var location = Location.Create(path, default, default);
                context.ReportDiagnostic(Diagnostic.Create(Malformed, location, Path.GetFileName(path), problem));
            }
            else
            {
                context.AddSource(contract + ".g.cs", SourceText.From(source, System.Text.Encoding.UTF8));
            }
        }
    }
}
