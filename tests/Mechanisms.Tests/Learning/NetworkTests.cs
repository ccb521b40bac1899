using Mechanisms.Learning;
using Mechanisms.Learning.Onnx;

namespace Mechanisms.Tests.Learning;

public class NetworkTests
{
    [Fact]
    public void Features_have_the_same_bits_on_any_number_of_threads_and_in_any_company()
    {
        var random = new Random(8);
        var graph = new Graphs(random, null, 3, 20, 20).Conv(3, 24, 3, 1).BatchNormalization(24).Node("Relu").Conv(24, 16, 5, 2, 2).Node("Relu")
            .Node("MaxPool", null, ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 })).Node("Flatten").Dense(16 * 25, 40).Build();
        var network = Network.Create(graph, new OnnxLimits());
        var input = Graphs.Draw(random, 37, 3, 20, 20);
        var together = network.Run(input, 1, TestContext.Current.CancellationToken);
        Assert.Equal(new Shape(37, 40), together.Shape);
        foreach (var threads in (int[])[2, 3, 8])
        {
            Assert.Equal(together.Values.ToArray(), network.Run(input, threads, TestContext.Current.CancellationToken).Values.ToArray());
        }

        // Limits that force one sample at a time, and each sample by itself.
        var tight = Network.Create(graph, new OnnxLimits { MaxActivations = 60_000 });
        Assert.Equal(together.Values.ToArray(), tight.Run(input, 2, TestContext.Current.CancellationToken).Values.ToArray());
        for (var i = 0; i < 37; i += 9)
        {
            Assert.Equal(together.Slice(i, 1).Values.ToArray(), network.Run(input.Slice(i, 1), 2, TestContext.Current.CancellationToken).Values.ToArray());
        }
    }

    [Fact]
    public void A_model_for_one_sample_runs_on_many()
    {
        var random = new Random(9);
        var graph = new Graphs(random, 1, 6);
        graph.Dense(6, 4).Node("Reshape", [graph.Last, graph.Integers(1, 2, 2)]);
        var input = Graphs.Draw(random, 5, 6);
        Assert.Equal(new Shape(5, 2, 2), Network.Create(graph.Build(), new OnnxLimits()).Run(input, 1, TestContext.Current.CancellationToken).Shape);
    }

    [Fact]
    public void Cancelling_stops_a_run()
    {
        var network = Network.Create(new Graphs(new Random(1), null, 4).Node("Relu").Build(), new OnnxLimits());
        Assert.Throws<OperationCanceledException>(() => network.Run(new Tensor(new Shape(1, 4)), 1, new CancellationToken(canceled: true)));
    }
}
