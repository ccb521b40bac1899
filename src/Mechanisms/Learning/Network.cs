using Mechanisms.Learning.Onnx;
using Mechanisms.Learning.Operators;

namespace Mechanisms.Learning;

/// <summary>
/// A graph that is ready to run. Its results have the same bits for any number of threads, any number of samples run
/// together and any vector width. Safe to use from several threads.
/// </summary>
public sealed class Network
{
    /// <summary>Floats of activations that samples run together should take: what the caches hold.</summary>
    private const long PreferredActivations = 1 << 18;

    /// <summary>Samples that a linear layer should see together, so that packing its weights pays.</summary>
    private const int PreferredRows = 32;

    private readonly OnnxGraph graph;
    private readonly OnnxLimits limits;
    private readonly (Operator Operator, OnnxNode Node)[] steps;

    private Network(OnnxGraph graph, OnnxLimits limits, (Operator, OnnxNode)[] steps) => (this.graph, this.limits, this.steps) = (graph, limits, steps);

    /// <summary>What the network takes.</summary>
    public OnnxInput Input => graph.Input;

    /// <summary>Checks a graph's operators and prepares their weights.</summary>
    /// <exception cref="OnnxException">An operator or one of its settings is not supported, or a limit is passed.</exception>
    public static Network Create(OnnxGraph graph, OnnxLimits limits)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(limits);
        NameCheck.Check(graph);
        if (graph.Nodes.Length > limits.MaxNodes)
        {
            throw new OnnxException($"The graph has {graph.Nodes.Length} nodes; at most {limits.MaxNodes} are allowed.");
        }

        var budget = new WeightBudget { Left = limits.MaxParameters };
        (Operator Operator, OnnxNode Node)[] steps = [.. graph.Nodes.Select(node => (Catalogue.Read(graph, node, budget), node))];
        FuseRelu(graph, steps);
        return new Network(graph, limits, steps);
    }

    /// <summary>The shape of the result for input of some shape; nothing is computed.</summary>
    /// <param name="input">Samples first.</param>
    /// <exception cref="OnnxException">The shape does not fit the network, or running it would pass a limit.</exception>
    public Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        CheckInput(input);
        return Infer(input.WithFirst(graph.Input.Extents[0] ?? 1)).Shapes[graph.Output].WithFirst(input[0]);
    }

    /// <summary>Runs the network on samples, a few at a time.</summary>
    /// <param name="input">Samples first, then what <see cref="Input"/> says.</param>
    /// <param name="threads">How many threads may work.</param>
    /// <param name="cancellation">Looked at between groups of samples.</param>
    /// <exception cref="OnnxException">The samples do not fit the network, or running it would pass a limit.</exception>
    public Tensor Run(Tensor input, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(input);
        var output = new Tensor(OutputShape(input.Shape));
        var samples = input.Shape[0];
        var (together, workers) = Split(input.Shape, threads);
        var (inputSize, outputSize) = (input.Shape.Count / samples, output.Shape.Count / samples);
        var groups = (samples + together - 1) / together;
        var options = new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation };
        cancellation.ThrowIfCancellationRequested();
        Parallel.For(0, groups, options, () => (Plan?)null, (group, _, plan) =>
        {
            var start = group * together;
            var count = Math.Min(together, samples - start);
            plan = plan?.Input.Shape[0] == count ? plan : new Plan(this, input.Shape.WithFirst(count));
            input.Values.Slice(start * inputSize, count * inputSize).CopyTo(plan.Input.Values);
            plan.Run(workers > 1 ? 1 : threads);
            plan.Output.Values.CopyTo(output.Values.Slice(start * outputSize, count * outputSize));
            return plan;
        }, _ => { });
        return output;
    }

    /// <summary>How many samples to run together, and how many groups of them at a time.</summary>
    private (int Together, int Workers) Split(Shape input, int threads)
    {
        var floats = Infer(input.WithFirst(graph.Input.Extents[0] ?? 1)).Floats;
        var fit = (int)Math.Clamp(limits.MaxActivations / floats, 1, Math.Max(1, threads));
        if (graph.Input.Extents[0] is { } fixedCount)
        {
            return (fixedCount, Math.Min(fit, input[0] / fixedCount));
        }

        var rows = steps.Any(step => step.Operator is Gemm) ? PreferredRows : 1;
        var allowed = Math.Max(1, limits.MaxActivations / (2 * floats * fit));
        var share = (input[0] + fit - 1) / fit;
        var together = (int)Math.Min(Math.Min(allowed, share), Math.Max(rows, PreferredActivations / floats));
        return (together, Math.Min(fit, (input[0] + together - 1) / together));
    }

    /// <summary>Lets a convolution do the Relu that alone takes its result.</summary>
    private static void FuseRelu(OnnxGraph graph, (Operator Operator, OnnxNode Node)[] steps)
    {
        var uses = graph.Nodes.SelectMany(node => node.Inputs).Append(graph.Output).CountBy(name => name, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var convolutions = steps.Where(step => step.Operator is Conv).ToDictionary(step => step.Node.Outputs[0], step => (Conv)step.Operator, StringComparer.Ordinal);
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i].Operator is Relu relu && uses[relu.Inputs[0]] == 1 && convolutions.TryGetValue(relu.Inputs[0], out var convolution))
            {
                convolution.Rectifies = true;
                steps[i].Operator = View.InPlaceOf(relu);
            }
        }
    }

    private void CheckInput(Shape input)
    {
        var expected = graph.Input.Extents;
        var fits = input.Rank == expected.Length && input.Count > 0 && input.Extents.Zip(expected).Skip(1).All(pair => pair.Second is null || pair.First == pair.Second);
        if (!fits || (expected[0] is { } samples && input[0] % samples != 0))
        {
            throw new OnnxException($"Input of {input} does not fit the network, which takes {string.Join('×', expected.Select((extent, axis) => extent?.ToString() ?? (axis == 0 ? "N" : "?")))}.");
        }
    }

    /// <summary>The shapes of all values, and the floats that they and the operators' working memory take.</summary>
    private (Dictionary<string, Shape> Shapes, long Floats) Infer(Shape input)
    {
        var shapes = new Dictionary<string, Shape>(StringComparer.Ordinal) { [graph.Input.Name] = input };
        long floats = input.Count, operations = 0;
        foreach (var (step, node) in steps)
        {
            if (step.Inputs.All(graph.Weights.ContainsKey))
            {
                throw new OnnxException($"{node.Label} works on constants alone, which is not supported.");
            }

            var inputs = step.Inputs.Select(name => shapes.GetValueOrDefault(name) ?? graph.Weights.GetValueOrDefault(name)?.Shape
                ?? throw new OnnxException($"{node.Label} takes {OnnxException.Quote(name)}, which is not a tensor of floats that this network computes.")).ToArray();
            var output = step.Infer(inputs);
            if (output.Rank == 0 || output[0] != input[0] || step.Inputs.Any(name => graph.Weights.TryGetValue(name, out var constant) && constant.Shape.Rank >= output.Rank && constant.Shape[0] != 1))
            {
                throw new OnnxException($"{node.Label} makes {output} of {string.Join(" and ", (object[])inputs)} and does not keep the {input[0]} samples apart.");
            }

            floats += (step.IsView ? 0 : output.Count) + step.Scratch(inputs);
            operations += step.Operations(inputs, output);
            if (floats > limits.MaxActivations || operations / input[0] > limits.MaxOperationsPerSample)
            {
                throw new OnnxException($"{node.Label} brings the network to {floats} floats of activations and {operations / input[0]} operations for a sample; at most {limits.MaxActivations} and {limits.MaxOperationsPerSample} are allowed.");
            }

            shapes[node.Outputs[0]] = output;
        }

        return shapes.ContainsKey(graph.Output) ? (shapes, floats) : throw new OnnxException($"The graph's output {OnnxException.Quote(graph.Output)} is a second result of its node, which is not computed.");
    }

    /// <summary>Memory for a number of samples and the order of the work.</summary>
    private sealed class Plan
    {
        private readonly List<(Operator Operator, Tensor[] Inputs, Tensor Output)> work = [];

        public Plan(Network network, Shape input)
        {
            var shapes = network.Infer(input).Shapes;
            Input = new Tensor(input);
            var values = new Dictionary<string, Tensor>(StringComparer.Ordinal) { [network.graph.Input.Name] = Input };
            foreach (var (step, node) in network.steps)
            {
                var inputs = step.Inputs.Select(name => values.GetValueOrDefault(name) ?? network.graph.Weights[name]).ToArray();
                var shape = shapes[node.Outputs[0]];
                var output = step.IsView ? inputs[0].Reshape(shape) : new Tensor(shape);
                values[node.Outputs[0]] = output;
                if (!step.IsView)
                {
                    work.Add((step, inputs, output));
                }
            }

            Output = values[network.graph.Output];
        }

        public Tensor Input { get; }

        public Tensor Output { get; }

        public void Run(int threads)
        {
            foreach (var (step, inputs, output) in work)
            {
                step.Run(inputs, output, threads);
            }
        }
    }
}
