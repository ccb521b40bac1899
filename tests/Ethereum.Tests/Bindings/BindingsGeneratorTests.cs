extern alias bindings;

using System.Collections.Immutable;
using bindings::Ethereum.Bindings;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Ethereum.Tests.Bindings;

public class BindingsGeneratorTests
{
    private const string Abi = """
        {"contractName":"Till","abi":[{"type":"function","name":"pay","inputs":[{"name":"to","type":"address"},{"name":"amount","type":"uint64"}],"outputs":[]},
        {"type":"event","name":"Paid","inputs":[{"name":"amount","type":"uint64","indexed":false}]}]}
        """;

    private const string Use = """
        class Use { byte[] M() => new Ethereum.Contracts.Till.PayCall(Ethereum.Address.Zero, 5UL).Encode(); ulong N(Ethereum.Contracts.Till.PaidEvent e) => e.Amount; }
        """;

    [Fact]
    public void Code_that_follows_the_contract_compiles() => Assert.Empty(Compile(Abi));

    [Theory]
    [InlineData("\"pay\"", "\"payOut\"", "CS0426")]
    [InlineData("\"name\":\"to\",\"type\":\"address\"", "\"name\":\"to\",\"type\":\"address[]\"", "CS1503")]
    [InlineData("\"type\":\"uint64\",\"indexed\":false", "\"type\":\"uint128\",\"indexed\":false", "CS0266")]
    [InlineData("\"name\":\"amount\",\"type\":\"uint64\",\"indexed\"", "\"name\":\"sum\",\"type\":\"uint64\",\"indexed\"", "CS1061")]
    [InlineData(",{\"name\":\"amount\",\"type\":\"uint64\"}]", "]", "CS1729")]
    public void Contract_change_that_the_code_does_not_follow_fails_the_build(string before, string after, string error)
    {
        Assert.Contains(before, Abi, StringComparison.Ordinal);
        var errors = Compile(Abi.Replace(before, after, StringComparison.Ordinal));
        Assert.Contains(errors, e => e.Id == error);
    }

    [Fact]
    public void A_member_may_bear_the_name_of_a_struct_that_it_is_not_of() => Assert.Empty(Compile(
        """
        {"contractName":"Till","abi":[{"type":"event","name":"Paid","inputs":[{"name":"bill","type":"uint64","indexed":false},
        {"name":"data","type":"tuple","internalType":"struct ITill.Bill","indexed":false,"components":[{"name":"sum","type":"uint64"}]}]}]}
        """,
        "class Use { ulong N(Ethereum.Contracts.Till.PaidEvent e) => e.Bill + e.Data.Sum; }"));

    [Theory]
    [InlineData("{", "end of file")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{\"contractName\":\"A\"}", "\"abi\"")]
    [InlineData("{\"contractName\":\"A b\",\"abi\":[]}", "'A b' is not an identifier")]
    [InlineData("{\"contractName\":\"A\",\"abi\":[],\"bytecode\":\"0x60__$ab$__\"}", "unlinked library")]
    [InlineData("{\"contractName\":\"A\",\"abi\":[{\"type\":\"widget\"}]}", "unknown type 'widget'")]
    [InlineData("{\"contractName\":\"A\",\"abi\":[{\"type\":\"function\",\"name\":\"f\",\"inputs\":[{\"name\":\"x\",\"type\":\"uint7\"}],\"outputs\":[]}]}", "parameter 'x' of function 'f'")]
    [InlineData("{\"contractName\":\"A\",\"abi\":[{\"type\":\"event\",\"name\":\"E\",\"anonymous\":true,\"inputs\":[]}]}", "anonymous")]
    public void Malformed_abi_is_a_build_error_that_names_the_file(string abi, string reason)
    {
        var error = Assert.Single(Compile(abi, use: ""));
        Assert.Equal("ETH001", error.Id);
        Assert.Contains("Till.json", error.GetMessage(), StringComparison.Ordinal);
        Assert.Contains(reason, error.GetMessage(), StringComparison.Ordinal);
        Assert.EndsWith("Till.json", error.Location.GetLineSpan().Path, StringComparison.Ordinal);
    }

    private static ImmutableArray<Diagnostic> Compile(string abi, string use = Use)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "netstandard.dll" or "Ethereum.dll")
            .Select(path => MetadataReference.CreateFromFile(path));
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        var cancellation = TestContext.Current.CancellationToken;
        var compilation = CSharpCompilation.Create(
            "Using", [CSharpSyntaxTree.ParseText(use, options, cancellationToken: cancellation)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        CSharpGeneratorDriver.Create([new BindingsGenerator().AsSourceGenerator()], [new File(abi)], options)
            .RunGeneratorsAndUpdateCompilation(compilation, out var output, out var diagnostics, cancellation);
        return [.. diagnostics.Concat(output.GetDiagnostics(cancellation)).Where(d => d.Severity == DiagnosticSeverity.Error)];
    }

    private sealed class File(string text) : AdditionalText
    {
        public override string Path => "/somewhere/Till.json";

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
