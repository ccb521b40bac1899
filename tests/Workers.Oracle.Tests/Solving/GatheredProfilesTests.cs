using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using ContentStore;
using ContentStore.Embedded;
using Ethereum.Transactions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Workers.Oracle.Profiles;
using Workers.Oracle.Retrieval;
using Workers.Oracle.Solving;
using Workers.Oracle.Terms;
using Workers.Oracle.Tests.Profiles;
using Workers.Oracle.Tests.Retrieval;

namespace Workers.Oracle.Tests.Solving;

public sealed class GatheredProfilesTests : IDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private readonly string _directory = Directory.CreateTempSubdirectory("gathered-").FullName;
    private readonly EmbeddedStore _store;

    public GatheredProfilesTests() => _store = new EmbeddedStore(_directory);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Profiles_of_64_MiB_together_are_taken_and_of_more_are_refused_with_why()
    {
        var largest = ProfileContent.Read([.. Samples.Content().Bytes.Span, .. Enumerable.Repeat((byte)' ', ProfileContent.MaxBytes - Samples.Content().Bytes.Length)]);
        var asked = new List<ProfileRequest>();
        for (var i = 0; i < 8; i++)
        {
            asked.Add(await PublishedAsync(largest));
        }

        var gathered = await FetchAsync(_store, asked, Day);
        Assert.Null(gathered.Problem);
        Assert.Equal(64L << 20, gathered.Profiles.Sum(p => (long)p.Bytes.Length));
        asked.Add(await PublishedAsync(Samples.Content()));
        var refused = await Assert.ThrowsAsync<GameTermsException>(() => FetchAsync(_store, asked, Day));
        Assert.Contains("more than 64 MiB together", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_that_is_missing_is_named_and_the_others_are_still_asked_for()
    {
        var there = await PublishedAsync(Samples.Content());
        var missing = Request(Samples.Stranger, Samples.Content(), "ipfs://" + Cid.Of(CidCodec.Raw, [1]));
        var refused = Request(Samples.Stranger, Samples.Content(), "https://profiles.test/a");
        var waiting = await FetchAsync(_store, [missing, there, refused], Day);
        Assert.True(waiting.MayStillCome);
        Assert.StartsWith($"{Samples.Stranger.Address}: 0 of 1 sources agreed", waiting.Problem, StringComparison.Ordinal);
        Assert.Equal([SourceOutcome.Unavailable, SourceOutcome.Agreed, SourceOutcome.Refused], waiting.Findings.Select(f => f.Outcome));
        Assert.Equal(there.Content, Assert.Single(waiting.Profiles).Hash);
        var over = await FetchAsync(_store, [there, refused], Day);
        Assert.False(over.MayStillCome);
        Assert.NotNull(over.Problem);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(0)]
    [InlineData(-1_000)]
    public async Task Sources_that_do_not_deliver_are_given_up_when_the_round_ends(int left)
    {
        var clock = Stopwatch.StartNew();
        var gathered = await FetchAsync(new StuckStore(opens: true), Stuck(), TimeSpan.FromMilliseconds(left)).WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        Assert.True(clock.ElapsedMilliseconds >= left - 50, $"{clock.Elapsed}");
        Assert.Contains("before the round ended", gathered.Problem, StringComparison.Ordinal);
        Assert.False(gathered.MayStillCome);
    }

    [Fact]
    public async Task A_worker_that_stops_is_not_the_end_of_the_round()
    {
        using var stop = new CancellationTokenSource();
        var gathering = FetchAsync(new StuckStore(opens: true), Stuck(), Day, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gathering);
    }

    [Fact]
    public async Task A_round_may_be_as_long_as_the_contract_allows()
    {
        // MAX_WINDOW of PrivacyOracle.
        var gathered = await FetchAsync(_store, [await PublishedAsync(Samples.Content())], TimeSpan.FromSeconds(1 << 23));
        Assert.Null(gathered.Problem);
    }

    private static ProfileRequest[] Stuck() => [Request(Samples.Member, Samples.Content(), "ipfs://" + Cid.Of(CidCodec.Raw, [1]))];

    private static ProfileRequest Request(LocalKeySigner member, ProfileContent content, string source) => new(member.Address, content.Hash, [ProfileSource.Parse(source)], 1, Samples.MaxAge);

    private static async Task<GatheredProfiles> FetchAsync(IContentStore store, IEnumerable<ProfileRequest> asked, TimeSpan left, CancellationToken? cancellationToken = null)
    {
        using var retriever = new ProfileRetriever(
            store, Options.Create(new RetrievalOptions()), (_, _) => throw new InvalidOperationException("Nothing is resolved."), new At12(), NullLogger<ProfileRetriever>.Instance);
        return await GatheredProfiles.FetchAsync(retriever, asked, new ProfileReader(Samples.Node, Samples.Pair, Samples.Oracle), left, TimeProvider.System, cancellationToken ?? Cancellation);
    }

    /// <summary>The content as the profile of one more member.</summary>
    private async Task<ProfileRequest> PublishedAsync(ProfileContent content)
    {
        using var member = new LocalKeySigner(RandomNumberGenerator.GetBytes(32));
        using var envelope = new MemoryStream((await Samples.SealAsync(content, member)).Write());
        return Request(member, content, "ipfs://" + (await _store.PutAsync(envelope, Cancellation)).Root);
    }
}
