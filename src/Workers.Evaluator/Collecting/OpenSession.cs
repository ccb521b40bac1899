using System.Security.Cryptography;
using System.Text.Json;
using ContentStore;
using Ethereum;
using Mechanisms.Datasets;
using Mechanisms.Learning.Extraction;
using Mechanisms.Learning.Onnx;
using Mechanisms.Learning.Training;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Evaluator.Agreements;
using Workers.Evaluator.Providing;
using Workers.Evaluator.Sessions;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Transactions;

namespace Workers.Evaluator.Collecting;

/// <summary>What a collector asks for.</summary>
/// <param name="Title">For people.</param>
/// <param name="Model">Name of an ONNX file in Collecting:ModelDirectory: the pre-trained model.</param>
/// <param name="Layers">K: after how many trainable layers it is cut.</param>
/// <param name="Validation">Name of an .npz, CIFAR-10 or IDX file there, with <paramref name="ValidationLabels"/> where the labels are in another one.</param>
/// <param name="SamplesPerShard">1 to 10,000.</param>
/// <param name="Reward">In the token's smallest unit, as <paramref name="Deposit"/>.</param>
/// <param name="SampleShare">Basis points, 1 to 10,000.</param>
/// <param name="TimeToExpiry">For everything until the candidate is named, whole seconds.</param>
/// <param name="Arbiter">May condemn a false review; null where nobody may.</param>
/// <param name="FeatureTolerance">How far recomputed features may differ, as a share of the largest; default a thousandth.</param>
public sealed record SessionOrder(
    string Title,
    string Model,
    int Layers,
    string Validation,
    string? ValidationLabels,
    int Classes,
    int SamplesPerShard,
    string Preprocessing,
    AgreedRecipe Recipe,
    decimal Reward,
    decimal Deposit,
    int SampleShare,
    TimeSpan TimeToExpiry,
    TimeSpan ReviewWindow,
    TimeSpan DecisionWindow,
    TimeSpan ClaimWindow,
    string? Arbiter = null,
    double FeatureTolerance = 1e-3);

/// <summary>An order that cannot be placed; the message says why.</summary>
public sealed class SessionOrderException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Cuts and obfuscates the model, publishes extractor and agreement, and queues the session.</summary>
public sealed class OpenSession(
    EvaluatorDb db,
    SessionChain chain,
    IContentStore content,
    CollectorFiles files,
    KeyVault vault,
    MainAccount account,
    IOptions<CollectingOptions> options,
    TimeProvider clock)
{
    /// <summary>Places an order.</summary>
    /// <param name="id">The caller's id for it: ordering the same id twice is one session.</param>
    /// <exception cref="SessionOrderException">Something about it cannot be.</exception>
    public async Task<CollectionRow> RunAsync(Guid id, SessionOrder order, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is { } ordered)
        {
            return ordered;
        }

        try
        {
            return await OpenAsync(id, order, cancellationToken);
        }
        catch (Exception e) when (e is OnnxException or AgreementException or DatasetFileException or TrainingException or IOException or ArgumentException)
        {
            throw new SessionOrderException($"The session cannot be opened: {e.Message}", e);
        }
    }

    private Task<CollectionRow?> FindAsync(Guid id, CancellationToken cancellationToken) => db.Collections.SingleOrDefaultAsync(c => c.OrderId == id, cancellationToken);

    private async Task<CollectionRow> OpenAsync(Guid id, SessionOrder order, CancellationToken cancellationToken)
    {
        if (order is not { Title: not null, Model: not null, Validation: not null, Recipe: not null, Preprocessing: not null })
        {
            throw new SessionOrderException("The session cannot be opened: an order needs title, model, validation, preprocessing and recipe.");
        }

        Require(await chain.IsAllowedAsync(account.Address, cancellationToken), $"{account.Address} is locked for misconduct, and nobody would join");
        Require(order.Arbiter is null || Address.TryParse(order.Arbiter, null, out _), $"'{order.Arbiter}' is no address of an arbiter");
        Require(order.Reward == decimal.Truncate(order.Reward) && order.Deposit == decimal.Truncate(order.Deposit) && order is { Reward: > 0, Deposit: > 0 }, "reward and deposit are whole numbers above 0");
        Require(order.SampleShare is > 0 and <= 10_000, "the sample share is 1 to 10,000 basis points");
        foreach (var time in new[] { order.TimeToExpiry, order.ReviewWindow, order.DecisionWindow, order.ClaimWindow })
        {
            Require(time >= TimeSpan.FromSeconds(1) && time < TimeSpan.FromSeconds(1 << 23) && time.Ticks % TimeSpan.TicksPerSecond == 0, "the times are whole seconds, below 97 days");
        }

        Require(order.TimeToExpiry >= 2 * options.Value.NamingMargin, $"the candidate is named {options.Value.NamingMargin} before expiry (Collecting:NamingMargin); {order.TimeToExpiry} to expiry leave less than that to join");
        Require(order.DecisionWindow >= 4 * options.Value.DecisionMargin, $"a decision window of {order.DecisionWindow} is less than four times Collecting:DecisionMargin");
        var model = await File.ReadAllBytesAsync(PathOf(order.Model), cancellationToken);
        var graph = OnnxGraph.Read(model, new OnnxLimits());
        var plain = LayerCut.Extractor(graph, order.Layers);
        _ = LayerCut.Activation(graph, order.Layers);
        var validation = await DatasetFiles.ReadAsync(
            new OfferedDataset { Name = "validation", Samples = PathOf(order.Validation), Labels = order.ValidationLabels is { } labels ? PathOf(labels) : null, Classes = order.Classes }, cancellationToken);
        Require(validation.Count <= 10_000, $"there are {validation.Count} validation samples; 10,000 are enough");

        var key = ObfuscationKey.Draw(Obfuscation.LastWeights(plain), RandomNumberGenerator.GetBytes(ObfuscationKey.EntropyBytes));
        var extractor = Obfuscation.Apply(plain, key).Write();
        var shards = new AgreedShards(order.SamplesPerShard, [.. validation.SampleShape.Extents], order.Classes);
        _ = Extractor.Read(extractor, shards);

        using var featuresKey = P256KeyPair.Generate();
        using var reviewKey = P256KeyPair.Generate();
        var agreement = new SessionAgreement(
            1, order.Title, await PutAsync(extractor, cancellationToken), extractor.Length, featuresKey.PublicKey.ToArray(), reviewKey.PublicKey.ToArray(),
            shards, order.Preprocessing, order.Recipe, order.FeatureTolerance).Write();
        _ = SessionAgreement.Read(agreement);
        await PutAsync(agreement, cancellationToken);

        var expiry = DateTimeOffset.FromUnixTimeSeconds((await chain.TimeAsync(cancellationToken) + order.TimeToExpiry).ToUnixTimeSeconds());
        var terms = new SessionTerms(
            account.Address.ToString(), order.Reward, order.Deposit, order.SampleShare, expiry, order.ReviewWindow, order.DecisionWindow, order.ClaimWindow,
            Address.Parse(order.Arbiter ?? Address.Zero.ToString()).ToString(), new Hash32(SHA256.HashData(extractor)).ToString(), SessionAgreement.HashOf(agreement).ToString());
        var row = new CollectionRow
        {
            SessionId = terms.Id().ToString(),
            OrderId = id,
            Terms = JsonSerializer.Serialize(terms),
            OrderedAt = clock.GetUtcNow(),
            Layers = order.Layers,
            WrappedFeaturesKey = CollectionKeys.Wrap(featuresKey, "features", id, vault),
            WrappedReviewKey = CollectionKeys.Wrap(reviewKey, "review", id, vault),
            WrappedObfuscation = CollectionKeys.Wrap(key, id, vault),
        };
        await files.KeepAsync(row.SessionId, model, validation, cancellationToken);
        db.Collections.Add(row);
        db.Publish(new SessionChanged(row.SessionId));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return row;
        }
        catch (DbUpdateException)
        {
            // Another request with this id came in between; its session is the one.
            db.ChangeTracker.Clear();
            if (await FindAsync(id, cancellationToken) is { } first)
            {
                return first;
            }

            throw;
        }
    }

    private async Task<string> PutAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        return (await content.PutAsync(stream, cancellationToken)).Root.ToString();
    }

    private string PathOf(string name) => name.Length > 0 && name == Path.GetFileName(name) && name is not ("." or "..")
        ? Path.Combine(options.Value.ModelDirectory, name)
        : throw new SessionOrderException($"'{name}' is not the name of a file in Collecting:ModelDirectory.");

    private static void Require(bool met, string otherwise)
    {
        if (!met)
        {
            throw new SessionOrderException($"The session cannot be opened: {otherwise}.");
        }
    }
}
