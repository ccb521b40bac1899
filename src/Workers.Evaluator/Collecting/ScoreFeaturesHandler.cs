using System.Security.Cryptography;
using Mechanisms.Datasets;
using Mechanisms.Learning;
using Mechanisms.Learning.Extraction;
using Mechanisms.Learning.Onnx;
using Mechanisms.Learning.Scores;
using Mechanisms.Learning.Training;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Evaluator.Agreements;
using Workers.Evaluator.Features;
using Workers.Evaluator.Sessions;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Evaluator.Collecting;

/// <summary>Score one provider's features.</summary>
/// <param name="Announcement">The first 32 bytes of what was announced on chain, hexadecimal.</param>
public sealed record ScoreFeatures(string SessionId, string Provider, string Announcement);

/// <summary>
/// Opens a provider's features, undoes the obfuscation, trains and counts (Eqs. 3 and 4). One message per provider, so replicas of this worker share the work.
/// Whatever is wrong with one provider's features is written down as its result, and the others' ranking goes on.
/// </summary>
public sealed class ScoreFeaturesHandler(
    EvaluatorDb db,
    SessionChain chain,
    FeatureReader features,
    CollectorFiles files,
    KeyVault vault,
    MainAccount account,
    IOptions<EvaluatorOptions> evaluator,
    IOptions<CollectingOptions> options,
    TimeProvider clock) : IHandler<ScoreFeatures>
{
    private int Threads => evaluator.Value.ThreadCount;

    /// <inheritdoc/>
    public async Task HandleAsync(ScoreFeatures message, CancellationToken cancellationToken)
    {
        var row = await db.Collections.FindAsync([message.SessionId], cancellationToken)
            ?? throw new RejectedException($"Session {message.SessionId} is none of this collector's.");
        var session = await chain.SessionAsync(message.SessionId, cancellationToken);
        var score = await db.Scores.FindAsync([session.Id, message.Provider], cancellationToken);
        if (score is not { IsPending: true } || score.BundleHash != message.Announcement)
        {
            return;
        }

        // The announcement may have vanished in a reorganisation; another one, or the same again, brings another message.
        if (session.Participants.GetValueOrDefault(message.Provider) is not { Submission: not null, Sampling: not null } participant
            || CollectingPolicy.Announced(participant) != message.Announcement)
        {
            db.Scores.Remove(score);
            return;
        }

        (score.Problem, score.At, score.IsPending) = (null, clock.GetUtcNow(), false);
        try
        {
            await ScoreAsync(score, row, session.Terms!, participant, cancellationToken);
        }
        catch (Exception e) when (e is FeatureException or AgreementException or OnnxException or TrainingException)
        {
            score.Problem = e.Message;
        }

        db.Publish(new SessionChanged(session.Id));
    }

    private async Task ScoreAsync(ScoreRow score, CollectionRow row, SessionTerms terms, Participant participant, CancellationToken cancellationToken)
    {
        var (agreement, extractor, shards, expected, bytes) = await features.OpenAsync(row, terms, participant, cancellationToken);
        var bundle = FeatureBundle.Read(bytes, expected, agreement.Shards.Classes);
        score.ContentHash = ScoreReport.HashOf(bytes[(8 + FeatureBundle.BlindingLength)..]);
        if (await db.Scores.AsNoTracking().FirstOrDefaultAsync(s => s.SessionId == row.SessionId && s.Provider != participant.Account && s.ContentHash == score.ContentHash, cancellationToken) is { } same)
        {
            throw new FeatureException($"These are the features of {same.Provider}, number for number.");
        }

        var model = await files.ModelAsync(row.SessionId, cancellationToken);
        var groups = Obfuscation.Groups(LayerCut.Extractor(model, row.Layers));
        var activation = Network.Create(LayerCut.Activation(model, row.Layers), new OnnxLimits());
        var key = CollectionKeys.Obfuscation(row, vault);
        var validation = await files.ValidationAsync(row.SessionId, agreement.Shards, cancellationToken);
        var training = Restore(bundle.Features, [.. bundle.Labels]);
        var restored = Restore(extractor.Extract(validation, Threads, cancellationToken), [.. validation.Labels]);

        var accuracy = Evaluation.Score(training, restored, head: null, agreement.Recipe.ToRecipe(), Threads, cancellationToken);
        (score.Correct, score.Total, score.Score) = (accuracy.Correct, accuracy.Total, accuracy.Value);
        var (trainingFile, validationFile) = (ShardFile.Write(training), ShardFile.Write(restored));
        var report = new ScoreReport(
            row.SessionId, participant.Account, score.BundleHash, terms.Extractor[2..], ScoreReport.HashOf(trainingFile), ScoreReport.HashOf(validationFile), agreement.Recipe,
            accuracy.Correct, accuracy.Total, accuracy.Lower, accuracy.Upper, options.Value.Neighbours,
            ScoreReport.ValuesOf(training, restored, shards, options.Value.Neighbours, Threads, cancellationToken));
        score.Report = await report.SignAsync(account.Signer, cancellationToken);
        await CollectorFiles.ReplaceAsync(
            files.ScoreFolder(row.SessionId, participant.Account),
            new Dictionary<string, byte[]>(StringComparer.Ordinal)
            {
                ["report.json"] = System.Text.Encoding.UTF8.GetBytes(score.Report),
                ["training.features"] = trainingFile,
                ["validation.features"] = validationFile,
            },
            cancellationToken);

        Dataset Restore(Tensor hidden, int[] labels) =>
            new(Evaluation.Restore(hidden, key, groups, activation, Threads, cancellationToken), labels, agreement.Shards.Classes);
    }
}
