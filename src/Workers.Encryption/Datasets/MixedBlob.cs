using ContentStore.UnixFs;
using Mechanisms.Datasets;
using Mechanisms.Trifork;
using Workers.Encryption.Sealing;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Datasets;

/// <summary>A dataset's mixed and sealed blob on disk.</summary>
/// <param name="Plan">What, with the seed, brings the dataset back.</param>
/// <param name="Dag">The blob's CID and leaf digests.</param>
public sealed record SealedDataset(MixPlan Plan, FileDag Dag);

/// <summary>
/// Mixes a dataset's units with decoys, seals the mixture and computes its CID in one pass over the data, and undoes it. Mixing alone is
/// no cipher: Trifork has no proof of security. The key keeps strangers out; the seed keeps out who has the key of the store alone.
/// </summary>
public static class MixedBlob
{
    /// <summary>Mixes and seals. The blob is on disk when this returns.</summary>
    /// <param name="mixing">How; its bucket bits as <see cref="BucketFiles.BitsFor"/> says.</param>
    /// <param name="dataset">The dataset's units.</param>
    /// <param name="decoys">Units of the same format.</param>
    /// <param name="context">What the blob belongs to.</param>
    /// <param name="key">Seals the mixture, 32 bytes.</param>
    /// <param name="seed">Mixes it, 32 bytes.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="folder">For units that wait; see <see cref="BucketFiles.In"/>.</param>
    /// <exception cref="DatasetFileException">The dataset is empty or not what its format says; nothing is left on disk.</exception>
    /// <exception cref="ArgumentException">There are not enough decoys; likewise.</exception>
    public static async Task<SealedDataset> SealAsync(
        Mixing mixing, UnitReader dataset, IAsyncEnumerable<ReadOnlyMemory<byte>> decoys, BlobContext context, Secret key, Secret seed, string path, string folder,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(mixing);
        MixPlan? plan = null;
        var dag = await BlobFile.WriteAsync(
            path, key, context,
            async chunks =>
            {
                await using var mixed = new SealingStream(chunks);
                plan = await UnitMixer.MixAsync(mixing, dataset, decoys, From(seed), BucketFiles.In(folder, mixing.BucketBits), mixed, cancellationToken);
            },
            cancellationToken);
        return new SealedDataset(plan!, dag);
    }

    /// <summary>Opens and recovers.</summary>
    /// <param name="plan">What sealing returned.</param>
    /// <param name="blob">The sealed blob, read once.</param>
    /// <param name="context">What it must have been sealed for.</param>
    /// <param name="key">As for sealing; likewise the seed.</param>
    /// <param name="dataset">Takes the dataset's bytes.</param>
    /// <param name="folder">For units that wait.</param>
    /// <exception cref="SealedBlobException">The blob does not open.</exception>
    /// <exception cref="DatasetFileException">It opens, but does not hold the plan's units.</exception>
    public static async Task RecoverAsync(
        MixPlan plan, Stream blob, BlobContext context, Secret key, Secret seed, Stream dataset, string folder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        using var chunks = await ChunkReader.OpenAsync(blob, key, context, cancellationToken);
        await using var opened = new OpeningStream(chunks);
        await UnitMixer.RecoverAsync(
            plan, new UnitReader("the mixed dataset", opened, plan.Format), From(seed), BucketFiles.In(folder, plan.BucketBits), dataset, cancellationToken);
    }

    private static Func<TriforkParameters, TriforkGenerator> From(Secret seed) => parameters => TriforkGenerator.FromSeed(parameters, seed.Reveal());
}
