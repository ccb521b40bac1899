using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Mechanisms.Learning;
using Mechanisms.Learning.Onnx;
using Testing;

namespace Mechanisms.Tests.Learning;

/// <summary>Compares with onnxruntime, another implementation, on random models of every operator, through files in both directions.</summary>
public class OnnxRuntimeTests
{
    private const int Rounds = 5;
    private const double Tolerance = 1e-4;

    [Fact]
    public async Task Random_models_of_every_operator_give_what_onnxruntime_gives()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("ONNX_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"ONNX_SEED={seed}");
        using var oracle = Start();
        var complaints = oracle.StandardError.ReadToEndAsync(cancellation);
        var compared = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, graph, input) in RandomModels.Draw(new Random(seed), Rounds))
        {
            var file = graph.Write();
            await oracle.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { model = file, input = MemoryMarshal.AsBytes<float>(input.Values).ToArray(), dims = input.Shape.Extents }).AsMemory(), cancellation);
            var line = await oracle.StandardOutput.ReadLineAsync(cancellation) ?? throw new InvalidOperationException($"seed {seed}: onnxruntime stopped at {name}: {await complaints}");
            using var answer = JsonDocument.Parse(line);
            Assert.False(answer.RootElement.TryGetProperty("error", out var error), $"seed {seed}, {name}: onnxruntime says {error}");

            var output = Network.Create(OnnxGraph.Read(file, new OnnxLimits()), new OnnxLimits()).Run(input, 2, cancellation);
            Assert.True(output.Shape.Extents.SequenceEqual(answer.RootElement.GetProperty("dims").EnumerateArray().Select(d => d.GetInt32())), $"seed {seed}, {name}: {output.Shape} instead of {answer.RootElement.GetProperty("dims")}");
            Compare($"seed {seed}, {name}", output.Values, MemoryMarshal.Cast<byte, float>(answer.RootElement.GetProperty("output").GetBytesFromBase64()));
            compared.UnionWith(graph.Nodes.Select(node => node.Operator));
        }

        oracle.StandardInput.Close();
        await oracle.WaitForExitAsync(cancellation);
        Assert.Equal((0, ""), (oracle.ExitCode, await complaints));
        Assert.Equal(
            ["Add", "AveragePool", "BatchNormalization", "Concat", "Conv", "Dropout", "Flatten", "Gemm", "GlobalAveragePool", "Identity", "MatMul", "MaxPool", "Relu", "Reshape", "Softmax"],
            compared.Order(StringComparer.Ordinal));
    }

    private static void Compare(string name, ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = 0.0;
        foreach (var value in expected)
        {
            scale = Math.Max(scale, Math.Abs(value));
        }

        for (var i = 0; i < actual.Length; i++)
        {
            var allowed = Tolerance * Math.Max(Math.Abs(expected[i]), scale / 10);
            Assert.True(Math.Abs(actual[i] - expected[i]) <= allowed, $"{name}: element {i} is {actual[i]} instead of {expected[i]}");
        }
    }

    private static Process Start()
    {
        var folder = RepositoryFiles.At("tests", "node", "onnx");
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules", "onnxruntime-node")), $"onnxruntime-node is not installed; run: npm ci --ignore-scripts --prefix {folder}");
        return Process.Start(new ProcessStartInfo("node", ["oracle.mjs"])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}
