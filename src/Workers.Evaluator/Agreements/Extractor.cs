using Mechanisms.Datasets;
using Mechanisms.Learning;
using Mechanisms.Learning.Extraction;
using Mechanisms.Learning.Onnx;

namespace Workers.Evaluator.Agreements;

/// <summary>An agreement's feature extractor, checked: what goes in, what comes out, what it costs.</summary>
public sealed class Extractor
{
    private readonly Network _network;

    private Extractor(Network network, Shape features) => (_network, FeaturesOfOne) = (network, features);

    /// <summary>Features of one sample, with a first extent of 1.</summary>
    public Shape FeaturesOfOne { get; }

    /// <summary>Reads what a collector published.</summary>
    /// <param name="file">The ONNX file.</param>
    /// <param name="shards">What the session's samples look like.</param>
    /// <exception cref="AgreementException">It is malformed, too large, has operators that are unknown, or does not take these samples.</exception>
    public static Extractor Read(byte[] file, AgreedShards shards)
    {
        ArgumentNullException.ThrowIfNull(shards);
        try
        {
            var graph = OnnxGraph.Read(file, new OnnxLimits());
            _ = Obfuscation.Groups(graph);
            var network = Network.Create(graph, new OnnxLimits());
            return new Extractor(network, network.OutputShape(new Shape([1, .. shards.SampleShape])));
        }
        catch (Exception e) when (e is OnnxException or ArgumentException)
        {
            throw new AgreementException($"The extractor cannot be used: {e.Message}", e);
        }
    }

    /// <summary>The features of samples (Eq. 2).</summary>
    public Tensor Extract(Dataset samples, int threads, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return _network.Run(samples.Samples, threads, cancellationToken);
    }

    /// <summary>The shape of so many samples' features.</summary>
    public Shape Features(int samples) => FeaturesOfOne.WithFirst(samples);
}
