namespace Mechanisms.PrivacyGame.Models;

/// <summary>What is wrong with a model.</summary>
public enum ModelFault
{
    /// <summary>It is for another request, members or cells, or says another expiry.</summary>
    NotAsAsked,

    /// <summary>It redraws less than α wants.</summary>
    Alpha,

    /// <summary>Its prediction ψ is not the profiles'.</summary>
    Prediction,

    /// <summary>Its watermark is missing or of another key.</summary>
    Watermark,

    /// <summary>Its attack and price prove nothing.</summary>
    Certificate,

    /// <summary>It leaks: the best attack errs by less than β.</summary>
    Beta,

    /// <summary>It costs more than the proof allows.</summary>
    Cost,
}

/// <summary>Whether a model that somebody else solved is what was asked for.</summary>
/// <param name="Findings">Cost, privacy and the bound on the least cost; null where it did not come to that.</param>
/// <param name="Fault">The first thing that is wrong with it; null when nothing is.</param>
/// <param name="Problem">The same in a sentence, which may tell of profiles: not for everybody.</param>
public sealed record ModelVerdict(CertificateFindings? Findings, ModelFault? Fault, string? Problem);

/// <summary>Checks models against the game that the checker built itself.</summary>
public static class ModelCheck
{
    /// <summary>Largest relative gap between a model's cost and the least one that is accepted.</summary>
    public const double MaxGap = 0.05;

    // A node on another kind of processor may round an entry of ψ to the neighbouring unit.
    private const long PredictionTolerance = 2;
    private const double NumericTolerance = 1e-9;

    /// <summary>
    /// Checks. In whole numbers: ε, ψ and with them Eq. 11 (rows of K sum to 1, or the model could not be read), β, the watermark. In floating point: that the model costs at most
    /// <see cref="MaxGap"/> more than the least, which endangers nobody's privacy.
    /// </summary>
    /// <param name="request">32 bytes: the request that it has to answer.</param>
    /// <param name="expires">The expiry that was said with it.</param>
    /// <param name="watermark">Has to be the one that the model commits to.</param>
    public static ModelVerdict Check(PrivacyModel model, CollaborativeGame game, ReadOnlySpan<byte> request, DateTimeOffset expires, Watermark watermark)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(watermark);
        if (ProblemOf(model, game, request, expires) is var (fault, problem))
        {
            return new ModelVerdict(null, fault, problem);
        }

        if (!model.Terms.WatermarkCommitment.AsSpan().SequenceEqual(watermark.Commitment))
        {
            return new ModelVerdict(null, ModelFault.Watermark, "The watermark's key is not the one that the model commits to.");
        }

        if (watermark.Inspect(model.Terms.Request.AsSpan(), model.Rows) is { Altered: { Length: > 0 } altered })
        {
            return new ModelVerdict(null, ModelFault.Watermark, $"The watermark is missing in the rows of {altered.Length} states, first of {altered[0]}: they were altered.");
        }

        CertificateFindings findings;
        try
        {
            findings = model.ToCertificate().Check(game);
        }
        catch (InvalidCertificateException e)
        {
            return new ModelVerdict(null, ModelFault.Certificate, e.Message);
        }

        if (!new ExactPrivacy(game).Keeps(model))
        {
            return new ModelVerdict(findings, ModelFault.Beta, $"The best attack errs by {findings.Privacy:G6} on average; β is {game.Beta:G6}.");
        }

        // A game that costs next to nothing has no meaningful ratio.
        var allowed = (MaxGap * findings.Cost) + (NumericTolerance * LargestCost(game));
        return findings.Gap <= allowed
            ? new ModelVerdict(findings, null, null)
            : new ModelVerdict(findings, ModelFault.Cost, $"It costs {findings.Cost:G6}; its proof shows only that no release costs less than {findings.LowerBound:G6}.");
    }

    private static (ModelFault Fault, string Problem)? ProblemOf(PrivacyModel model, CollaborativeGame game, ReadOnlySpan<byte> request, DateTimeOffset expires)
    {
        if (!model.Terms.Request.AsSpan().SequenceEqual(request))
        {
            return (ModelFault.NotAsAsked, $"It is for the request {Convert.ToHexStringLower(model.Terms.Request.AsSpan())}.");
        }

        if (model.Terms.Expires != expires)
        {
            return (ModelFault.NotAsAsked, $"It expires at {model.Terms.Expires:u}; {expires:u} was said.");
        }

        if (model.Members != game.Distance.Members || model.Cells != game.Distance.Cells)
        {
            return (ModelFault.NotAsAsked, $"It is for {model.Members} members in {model.Cells} cells; the request has {game.Distance.Members} in {game.Distance.Cells}.");
        }

        var wanted = FixedPoint.Redrawn(game);
        if (game.HasMobility ? model.Redrawn < wanted : model.Redrawn != 0)
        {
            return (ModelFault.Alpha, $"It redraws {model.Redrawn} in 2^32 from the prediction; α = {game.Alpha:G6} wants {wanted}.");
        }

        var prediction = game.HasMobility ? FixedPoint.Quantise(game.Prediction) : [];
        for (var o = 0; o < prediction.Length; o++)
        {
            if (Math.Abs(prediction[o] - model.Prediction[o]) > PredictionTolerance)
            {
                return (ModelFault.Prediction, $"Its prediction ψ of state {o} is {model.Prediction[o]} in 2^32; the profiles say {prediction[o]}.");
            }
        }

        return null;
    }

    private static double LargestCost(CollaborativeGame game)
    {
        var (cells, most) = (game.Cost.Cells, 0.0);
        for (var seen = 0; seen < cells; seen++)
        {
            for (var o = 0; o < cells; o++)
            {
                most = Math.Max(most, Math.Max(game.Cost[seen, o], game.Cost.Members > 1 ? game.Cost[seen, o + cells] : 0));
            }
        }

        return most;
    }
}
