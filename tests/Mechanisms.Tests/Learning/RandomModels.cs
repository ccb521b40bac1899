using Mechanisms.Learning;
using Mechanisms.Learning.Onnx;

namespace Mechanisms.Tests.Learning;

/// <summary>Random models of every operator, each with input that fits.</summary>
internal static class RandomModels
{
    public static IEnumerable<(string Name, OnnxGraph Graph, Tensor Input)> Draw(Random random, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            int n = random.Next(1, 5), c = random.Next(1, 7), h = random.Next(6, 40), w = random.Next(6, 40);
            foreach (var (name, graph) in Images(random, c, h, w))
            {
                yield return ($"{name} {n}×{c}×{h}×{w} {string.Join(' ', graph.Nodes[0].Attributes.Select(a => $"{a.Key}={(a.Value is IEnumerable<long> list ? string.Join(',', list) : a.Value)}"))}", graph, Graphs.Draw(random, n, c, h, w));
            }

            int m = random.Next(1, 70), k = random.Next(1, 600), o = random.Next(1, 90);
            foreach (var (name, graph) in Vectors(random, k, o))
            {
                yield return ($"{name} {m}×{k}×{o}", graph, Graphs.Draw(random, m, k));
            }
        }
    }

    private static IEnumerable<(string Name, OnnxGraph Graph)> Images(Random random, int c, int h, int w)
    {
        Graphs Start(int opset = 13) => new(random, null, c, h, w) { Opset = opset };
        var groups = random.Next(2) == 0 ? 1 : c;
        var outputs = groups * random.Next(1, 12);
        int kernelHeight = random.Next(1, 4), kernelWidth = random.Next(1, 6);
        long[] Four() => [random.Next(3), random.Next(3), random.Next(3), random.Next(3)];
        long[] Two(int max) => [random.Next(1, max), random.Next(1, max)];
        var g = Start();
        yield return ("Conv", g.Node("Conv", ["x", g.Weight(outputs, c / groups, kernelHeight, kernelWidth), g.Weight(outputs)], ("group", (long)groups), ("pads", Four()), ("strides", Two(4)), ("kernel_shape", new long[] { kernelHeight, kernelWidth })).Build());
        g = Start();
        yield return ("Conv without steps", g.Node("Conv", ["x", g.Weight(outputs, c / groups, kernelHeight, kernelWidth)], ("group", (long)groups), ("pads", Four())).Build());
        g = Start();
        yield return ("Conv dilated", g.Node("Conv", ["x", g.Weight(9, c, 2, 3)], ("dilations", new long[] { 3, 2 }), ("strides", Two(3))).Build());
        foreach (var same in (string[])["SAME_UPPER", "SAME_LOWER", "VALID"])
        {
            g = Start();
            yield return ($"Conv {same}", g.Node("Conv", ["x", g.Weight(5, c, kernelHeight, kernelWidth)], ("auto_pad", same), ("strides", Two(3))).Build());
            yield return ($"MaxPool {same}", Start().Node("MaxPool", null, ("kernel_shape", new long[] { 3, 2 }), ("auto_pad", same), ("strides", Two(3))).Build());
        }

        long[] pads = [random.Next(2), random.Next(3), random.Next(2), random.Next(3)];
        foreach (var ceiling in (long[])[0, 1])
        {
            yield return ("MaxPool", Start().Node("MaxPool", null, ("kernel_shape", new long[] { 2, 3 }), ("pads", pads), ("strides", Two(4)), ("ceil_mode", ceiling)).Build());
            yield return ("MaxPool of quads", Start().Node("MaxPool", null, ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }), ("ceil_mode", ceiling)).Build());
            foreach (var border in (long[])[0, 1])
            {
                yield return ("AveragePool", Start(19).Node("AveragePool", null, ("kernel_shape", new long[] { 2, 3 }), ("pads", pads), ("strides", Two(3)), ("ceil_mode", ceiling), ("count_include_pad", border)).Build());
            }
        }

        yield return ("MaxPool dilated", Start().Node("MaxPool", null, ("kernel_shape", new long[] { 2, 3 }), ("dilations", new long[] { 3, 2 }), ("pads", new long[] { 1, 1, 1, 0 })).Build());
        yield return ("GlobalAveragePool", Start().Node("GlobalAveragePool").Build());
        yield return ("BatchNormalization", Start().BatchNormalization(c).Build());
        yield return ("Relu", Start().Node("Relu").Build());
        yield return ("Identity, Dropout", Start().Node("Identity").Node("Dropout").Node("Relu").Build());
        yield return ("Flatten", Start().Node("Flatten").Build());
        g = Start();
        yield return ("Reshape", g.Node("Reshape", ["x", g.Integers(0, -1, h)]).Build());
        foreach (var shape in (int[][])[[c, 1, 1], [1, 1, 1, w], [], [1, c, h, 1], [h, w], [1]])
        {
            g = Start();
            yield return ($"Add {string.Join('×', shape)}", g.Node("Add", random.Next(2) == 0 ? ["x", g.Weight(shape)] : [g.Weight(shape), "x"]).Build());
        }

        g = Start().Conv(c, 6, 3, 1).BatchNormalization(6).Node("Relu");
        var trunk = g.Last;
        g.Conv(6, 6, 3, 1);
        g.Node("Add", [g.Last, trunk]).Node("Relu");
        var sum = g.Last;
        g.Node("MaxPool", [sum], ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 }));
        g.Node("Concat", [g.Last, sum, trunk], ("axis", random.Next(2) == 0 ? 1L : -3L)).Conv(18, 7, 1).Node("Relu").Node("AveragePool", null, ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }));
        yield return ("Network", g.Node("GlobalAveragePool").Node("Flatten").Dense(7, 10).Node("Softmax").Build());
    }

    private static IEnumerable<(string Name, OnnxGraph Graph)> Vectors(Random random, int k, int o)
    {
        Graphs Start(int opset = 13) => new(random, null, k) { Opset = opset };
        yield return ("Gemm", Start().Dense(k, o).Build());
        var g = Start();
        yield return ("Gemm alpha", g.Node("Gemm", ["x", g.Weight(k, o), g.Weight(random.Next(2) == 0 ? [1] : [1, o])], ("alpha", 0.5f), ("beta", -1.5f)).Build());
        g = Start();
        yield return ("MatMul", g.Node("MatMul", ["x", g.Weight(k, o)]).Build());
        yield return ("Softmax", Start().Node("Softmax").Build());
        yield return ("Softmax 11", Start(11).Node("Softmax").Build());
    }
}
