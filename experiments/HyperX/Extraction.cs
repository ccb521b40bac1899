using Mechanisms.Datasets;
using Mechanisms.Learning;
using Mechanisms.Learning.Extraction;
using Mechanisms.Learning.Onnx;
using Mechanisms.Learning.Scores;

namespace Experiments.HyperX;

/// <summary>The first K layers of M_init as the collector has them, and as the providers get them.</summary>
internal sealed class Extraction
{
    private static readonly OnnxLimits Limits = new();

    private readonly OnnxGraph plain;
    private readonly Network activation;

    /// <param name="model">M_init.</param>
    /// <param name="layers">K.</param>
    /// <param name="seed">Draws δ and σ.</param>
    public Extraction(OnnxGraph model, int layers, int seed)
        : this(model, layers, Draw(LayerCut.Extractor(model, layers), seed))
    {
    }

    /// <param name="model">M_init.</param>
    /// <param name="layers">K.</param>
    /// <param name="key">δ and σ.</param>
    public Extraction(OnnxGraph model, int layers, ObfuscationKey key)
    {
        plain = LayerCut.Extractor(model, layers);
        activation = Network.Create(LayerCut.Activation(model, layers), Limits);
        (Key, Published) = (key, Network.Create(OnnxGraph.Read(Obfuscation.Apply(plain, key).Write(), Limits), Limits));
    }

    /// <summary>δ and σ.</summary>
    public ObfuscationKey Key { get; }

    /// <summary>What the providers run, read from the file that would be published.</summary>
    public Network Published { get; }

    /// <summary>The linear features B themselves, without obfuscation.</summary>
    public Tensor Linear(Dataset data, CancellationToken cancellation) => Network.Create(plain, Limits).Run(data.Samples, 1, cancellation);

    /// <summary>What the layer behind the extractor takes, without obfuscation.</summary>
    public Dataset Plain(Dataset data, CancellationToken cancellation) => With(data, activation.Run(Linear(data, cancellation), 1, cancellation));

    /// <summary>The same by the way that a provider's features take: through the published extractor, then restored with the key.</summary>
    public Dataset Restored(Dataset data, CancellationToken cancellation) => Restored(data, Key, cancellation);

    /// <summary>What somebody has who takes the published extractor for the plain one: as if δ were 1 and σ 0.</summary>
    public Dataset TakenAsTheyAre(Dataset data, CancellationToken cancellation) => Restored(data, new ObfuscationKey(1, 0), cancellation);

    private Dataset Restored(Dataset data, ObfuscationKey key, CancellationToken cancellation) =>
        With(data, Evaluation.Restore(Published.Run(data.Samples, 1, cancellation), key, Obfuscation.Groups(plain), activation, 1, cancellation));

    private static Dataset With(Dataset data, Tensor features) => new(features, data.Labels.AsSpan(), data.Classes);

    private static ObfuscationKey Draw(OnnxGraph extractor, int seed)
    {
        var entropy = new byte[ObfuscationKey.EntropyBytes];
        new Random(seed).NextBytes(entropy);
        return ObfuscationKey.Draw(Obfuscation.LastWeights(extractor), entropy);
    }
}
