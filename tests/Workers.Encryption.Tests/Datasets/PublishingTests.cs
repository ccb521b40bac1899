using System.Text;
using ContentStore;
using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Mechanisms.Trifork;
using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Datasets;
using Workers.Encryption.Datasets.Delivering;
using Workers.Encryption.Datasets.Publishing;
using Workers.Encryption.Sealing;

namespace Workers.Encryption.Tests.Datasets;

/// <summary>From a file to a token, step by step, with whatever can go wrong between two steps.</summary>
public sealed class PublishingTests
{
    private static readonly DatasetDraft Lines = new("Lines", "lines", File: "lines.txt");
    private static readonly byte[] Data = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"line {i}\n")));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_becomes_a_token_with_its_metadata_and_nothing_of_it_stays_behind()
    {
        await using var bench = await DatasetBench.StartAsync();
        var dataset = await bench.PublishAsync(Lines with { Description = "All of them.", Tags = ["a", "b"] }, Data);
        Assert.Equal((DatasetState.Published, null), (dataset.State, dataset.Problem));
        Assert.Equal(bench.Account.Address, await bench.Rpc.CallAsync(bench.Token, new MarketToken.OwnerOfCall(TokenNumber.Parse(dataset.TokenId!)), Cancellation));
        var uri = await bench.Rpc.CallAsync(bench.Token, new MarketToken.UriCall(TokenNumber.Parse(dataset.TokenId!)), Cancellation);
        Assert.StartsWith("ipfs://f01551220", uri, StringComparison.Ordinal);
        var described = Cid.TryReadBinary(Convert.FromHexString(uri["ipfs://f".Length..]), out var cid) ? cid : null;
        await using var metadata = await bench.Content.OpenAsync(described!, 1 << 16, Cancellation);
        Assert.Equal(
            """{"name":"Lines","description":"All of them.","properties":{"file":"lines.txt","format":"lines","units":500,"bytes":4390,"tags":["a","b"]}}""",
            await new StreamReader(metadata).ReadToEndAsync(Cancellation));
        Assert.True(await bench.Content.HasAsync(Cid.Parse(dataset.Cid!), Cancellation));
        Assert.False(Directory.Exists(bench.Encryption.Value.DatasetFolder(dataset.Id)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Directory.GetDirectories(Path.Combine(bench.Folder, "opening")).Single()));
    }

    [Fact]
    public async Task A_dataset_with_an_offer_is_offered_in_the_transaction_that_makes_its_token()
    {
        await using var bench = await DatasetBench.StartAsync();
        await bench.PublishAsync(Lines with { Offer = new DatasetOffer(70) }, Data);
        var listing = await bench.Rpc.CallAsync(bench.Market, new DatasetMarket.ListingCall(1), Cancellation);
        Assert.Equal((70, bench.Account.Address), ((int)listing.Offer.Price, listing.Seller));
    }

    [Fact]
    public async Task The_same_file_twice_is_recognised_whatever_it_is_called()
    {
        await using var bench = await DatasetBench.StartAsync();
        var first = await bench.PublishAsync(Lines, Data);
        var second = await bench.MixAsync(Lines with { Name = "Other" }, Data);
        Assert.Equal(DatasetState.Failed, second.State);
        Assert.Contains($"{first.Id}, whose token is {first.TokenId}", second.Problem, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[], string, string> Bad() => new()
    {
        { "empty", [], "lines", "empty" },
        { "empty CSV", [], "csv", "empty" },
        { "a unit above the limit", Encoding.UTF8.GetBytes(new string('x', (1 << 20) + 1)), "lines", "longer than 1048576 bytes" },
        { "broken CSV", "a,b\n1,2\n3\n"u8.ToArray(), "csv", "The record has 1 values; the first has 2." },
        { "an open quote", "a,b\n1,\"2\n"u8.ToArray(), "csv", "quote" },
        { "Latin-1", [.. "gr"u8, 0xfc, .. "n\n"u8], "lines", "not UTF-8" },
        { "UTF-16", Encoding.Unicode.GetBytes("line\n"), "lines", "zero byte" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_file_that_is_not_what_it_is_said_to_be_is_refused_with_name_and_place_and_leaves_no_blob(string what, byte[] data, string format, string problem)
    {
        await using var bench = await DatasetBench.StartAsync();
        var dataset = await bench.MixAsync(Lines with { Format = format }, data);
        Assert.True(dataset is { State: DatasetState.Failed, Cid: null, WrappedSeed: null }, what);
        Assert.Contains(problem, dataset.Problem, StringComparison.Ordinal);
        Assert.Contains("lines.txt", dataset.Problem, StringComparison.Ordinal);
        Assert.False(File.Exists(bench.Source.Blob(dataset.Id)));
    }

    [Fact]
    public async Task One_unit_is_a_dataset()
    {
        await using var bench = await DatasetBench.StartAsync();
        Assert.Equal(DatasetState.Published, (await bench.PublishAsync(Lines, "one"u8.ToArray())).State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_blob_that_the_disk_lost_or_damaged_never_becomes_a_token(bool lost)
    {
        await using var bench = await DatasetBench.StartAsync();
        var dataset = await bench.MixAsync(Lines, Data);
        var blob = bench.Source.Blob(dataset.Id);
        if (lost)
        {
            File.Delete(blob);
        }
        else
        {
            var bytes = await File.ReadAllBytesAsync(blob, Cancellation);
            bytes[^1] ^= 1;
            await File.WriteAllBytesAsync(blob, bytes, Cancellation);
        }

        await bench.UploadAsync(dataset.Id);
        Assert.Empty(await bench.QueuedAsync());
        Assert.Equal(2, (await bench.PublishedAsync<MixDataset>()).Count);
        await bench.MixAsync(dataset.Id);
        await bench.UploadAsync(dataset.Id);
        Assert.Equal($"dataset/{dataset.Id}/publish/1", Assert.Single(await bench.QueuedAsync()));
        Assert.NotEqual(dataset.Cid, (await bench.DatasetAsync(dataset.Id)).Cid);
    }

    [Fact]
    public async Task A_step_that_is_done_is_not_done_again()
    {
        await using var bench = await DatasetBench.StartAsync();
        var dataset = await bench.MixAsync(Lines, Data);
        await bench.MixAsync(dataset.Id);
        Assert.Equal(dataset.Cid, (await bench.DatasetAsync(dataset.Id)).Cid);
        await bench.UploadAsync(dataset.Id);
        await bench.UploadAsync(dataset.Id);
        Assert.Single(await bench.QueuedAsync());
        await bench.OutcomeAsync($"dataset/{dataset.Id}/publish/1", TransactionState.Final);
        await bench.UploadAsync(dataset.Id);
        await bench.OutcomeAsync($"dataset/{dataset.Id}/publish/1", TransactionState.Reverted, "late");
        Assert.Equal(DatasetState.Published, (await bench.DatasetAsync(dataset.Id)).State);
    }

    [Fact]
    public async Task A_token_that_the_contract_refused_is_made_again_from_the_same_blob()
    {
        await using var bench = await DatasetBench.StartAsync();
        var dataset = await bench.MixAsync(Lines, Data);
        await bench.UploadAsync(dataset.Id);
        await bench.OutcomeAsync($"dataset/{dataset.Id}/publish/1", TransactionState.Reverted, "InvalidOffer");
        var failed = await bench.DatasetAsync(dataset.Id);
        Assert.Equal((DatasetState.Failed, null), (failed.State, failed.TokenId));
        Assert.Contains("InvalidOffer", failed.Problem, StringComparison.Ordinal);

        await bench.WithDbAsync(db => bench.Publish(db).PublishAsync(dataset.Id, Cancellation));
        await bench.UploadAsync(dataset.Id);
        Assert.Equal([$"dataset/{dataset.Id}/publish/1", $"dataset/{dataset.Id}/publish/2"], await bench.QueuedAsync());
        await bench.OutcomeAsync($"dataset/{dataset.Id}/publish/1", TransactionState.Final);
        Assert.Equal(DatasetState.Uploaded, (await bench.DatasetAsync(dataset.Id)).State);
        await bench.OutcomeAsync($"dataset/{dataset.Id}/publish/2", TransactionState.Final);
        var published = await bench.DatasetAsync(dataset.Id);
        Assert.Equal((DatasetState.Published, dataset.Cid), (published.State, published.Cid));
    }

    [Fact]
    public async Task Decoys_come_from_the_houses_own_datasets_and_a_damaged_one_stops_nothing()
    {
        await using var bench = await DatasetBench.StartAsync();

        // So long that no look-alike, whose letters are drawn, is another one's or a unit's equal.
        var first = await bench.PublishAsync(Lines, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"measurements of line {i}\n"))));
        var words = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"words that were counted {i}\n")));
        var second = await bench.MixAsync(Lines with { Name = "Second" }, words);
        var mixed = await UnitsAsync(bench, second);
        Assert.Equal(1_000, mixed.Count);
        Assert.Equal(500, mixed.Count(u => u.StartsWith("words that were counted", StringComparison.Ordinal)));
        var own = await UnitsAsync(bench, await bench.DatasetAsync(first.Id));
        Assert.Equal(500, mixed.Intersect(own, StringComparer.Ordinal).Count());

        await bench.WithDbAsync(db => db.Datasets.Where(d => d.Id == first.Id).ExecuteUpdateAsync(s => s.SetProperty(d => d.Plan, "{}"), Cancellation));
        var third = await bench.MixAsync(Lines with { Name = "Third" }, [.. words, .. "more\n"u8]);
        Assert.Equal(DatasetState.Mixed, third.State);
        Assert.Empty((await UnitsAsync(bench, third)).Intersect(own, StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_dataset_of_another_format_gives_no_decoys()
    {
        await using var bench = await DatasetBench.StartAsync();
        await bench.PublishAsync(Lines, Data);
        var zeros = await bench.MixAsync(new DatasetDraft("Zeros", "blocks", File: "zeros", BlockSize: 64), new byte[64 * 10]);
        Assert.All(await UnitsAsync(bench, zeros), unit => Assert.Equal(new string('\0', 64), unit));
    }

    [Fact]
    public async Task An_upload_goes_on_where_it_broke_off_and_takes_no_more_than_is_allowed()
    {
        await using var bench = await DatasetBench.StartAsync();
        var id = Guid.NewGuid();
        await bench.WithDbAsync(async db =>
        {
            var publish = bench.Publish(db);
            await publish.DescribeAsync(id, Lines, Cancellation);
            await Assert.ThrowsAsync<IOException>(() => publish.AppendAsync(id, 0, new BreakingStream(Data[..100]), 10_000, Cancellation));
            Assert.Equal((false, 100), await publish.AppendAsync(id, 0, new MemoryStream(Data), 10_000, Cancellation));
            Assert.Equal((false, 100), await publish.AppendAsync(id, 101, new MemoryStream(Data), 10_000, Cancellation));
            Assert.Equal((true, Data.Length), await publish.AppendAsync(id, 100, new MemoryStream(Data[100..]), 10_000, Cancellation));
            Assert.Equal(Data, await File.ReadAllBytesAsync(bench.Source.Upload(id), Cancellation));
            await Assert.ThrowsAsync<DatasetRefusedException>(() => publish.AppendAsync(id, Data.Length, new MemoryStream(new byte[10_000]), 10_000, Cancellation));
            await publish.PublishAsync(id, Cancellation);
            await Assert.ThrowsAsync<DatasetRefusedException>(() => publish.AppendAsync(id, Data.Length, new MemoryStream(Data), long.MaxValue, Cancellation));
            await Assert.ThrowsAsync<DatasetRefusedException>(() => publish.DropAsync(id, Cancellation));
            await Assert.ThrowsAsync<DatasetRefusedException>(() => publish.DescribeAsync(id, Lines with { Name = "Changed" }, Cancellation));
        });
    }

    [Fact]
    public async Task A_draft_can_be_changed_and_dropped_with_its_upload()
    {
        await using var bench = await DatasetBench.StartAsync();
        var dataset = await bench.MixAsync(Lines with { Format = "csv" }, "a,b\n1\n"u8.ToArray());
        Assert.Equal(DatasetState.Failed, dataset.State);
        await bench.WithDbAsync(async db =>
        {
            var publish = bench.Publish(db);
            await publish.DescribeAsync(dataset.Id, Lines, Cancellation);
            await publish.PublishAsync(dataset.Id, Cancellation);
        });
        await bench.MixAsync(dataset.Id);
        Assert.Equal(DatasetState.Mixed, (await bench.DatasetAsync(dataset.Id)).State);

        var dropped = await bench.MixAsync(Lines, []);
        await bench.WithDbAsync(db => bench.Publish(db).DropAsync(dropped.Id, Cancellation));
        Assert.False(Directory.Exists(bench.Encryption.Value.DatasetFolder(dropped.Id)));
        Assert.Equal(1, await bench.ReadAsync(db => db.Datasets.CountAsync(Cancellation)));
    }

    [Fact]
    public async Task What_was_mixed_is_not_published_under_another_description_nor_without_its_blob()
    {
        await using var bench = await DatasetBench.StartAsync();
        var first = await RevertedAsync();
        await bench.WithDbAsync(async db =>
        {
            await bench.Publish(db).DescribeAsync(first.Id, Lines with { Format = "blocks" }, Cancellation);
            Assert.Equal(DatasetState.Mixing, (await bench.Publish(db).PublishAsync(first.Id, Cancellation)).State);
        });
        await bench.MixAsync(first.Id);
        Assert.Contains("blocks", (await bench.DatasetAsync(first.Id)).Plan, StringComparison.Ordinal);

        var second = await RevertedAsync("more\n");
        File.Delete(bench.Source.Blob(second.Id));
        await bench.WithDbAsync(async db => Assert.Equal(DatasetState.Mixing, (await bench.Publish(db).PublishAsync(second.Id, Cancellation)).State));

        async Task<DatasetRow> RevertedAsync(string more = "")
        {
            var dataset = await bench.MixAsync(Lines, [.. Data, .. Encoding.UTF8.GetBytes(more)]);
            await bench.UploadAsync(dataset.Id);
            await bench.OutcomeAsync($"dataset/{dataset.Id}/publish/1", TransactionState.Reverted, "InvalidOffer");
            return await bench.DatasetAsync(dataset.Id);
        }
    }

    [Fact]
    public async Task A_dataset_with_a_source_takes_no_upload()
    {
        await using var bench = await DatasetBench.StartAsync();
        var id = Guid.NewGuid();
        await bench.WithDbAsync(async db =>
        {
            await bench.Publish(db).DescribeAsync(id, new DatasetDraft("Hall", "lines", Source: "hall"), Cancellation);
            await Assert.ThrowsAsync<DatasetRefusedException>(() => bench.Publish(db).AppendAsync(id, 0, new MemoryStream(Data), long.MaxValue, Cancellation));
        });
    }

    [Fact]
    public async Task A_source_is_taken_from_its_folder_alone()
    {
        await using var bench = await DatasetBench.StartAsync();
        var folder = Directory.CreateDirectory(Path.Combine(bench.Folder, "sources", "hall")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "a.txt"), Data, Cancellation);
        File.CreateSymbolicLink(Path.Combine(bench.Folder, "sources", "link"), "/etc/hostname");
        bench.Settings.SourceFolder = Path.Combine(bench.Folder, "sources");
        Assert.Equal(DatasetState.Mixed, (await MixSourceAsync("hall", "blocks")).State);
        Assert.Contains("only be published as blocks", (await MixSourceAsync("hall", "lines")).Problem, StringComparison.Ordinal);
        Assert.Contains("is a link", (await MixSourceAsync("link", "lines")).Problem, StringComparison.Ordinal);
        Directory.CreateSymbolicLink(Path.Combine(bench.Folder, "sources", "keys"), bench.Folder);
        Assert.Contains("There is no", (await MixSourceAsync("keys", "blocks")).Problem, StringComparison.Ordinal);
        Assert.Contains("There is no", (await MixSourceAsync("nowhere", "lines")).Problem, StringComparison.Ordinal);
        bench.Settings.MaxBytes = 10;
        Assert.Contains("MaxBytes", (await MixSourceAsync("hall", "blocks")).Problem, StringComparison.Ordinal);
        bench.Settings.SourceFolder = null;
        Assert.Contains("uploads only", (await MixSourceAsync("hall", "blocks")).Problem, StringComparison.Ordinal);

        async Task<DatasetRow> MixSourceAsync(string source, string format)
        {
            var id = Guid.NewGuid();
            await bench.WithDbAsync(async db =>
            {
                await bench.Publish(db).DescribeAsync(id, new DatasetDraft("Hall", format, Source: source), Cancellation);
                await bench.Publish(db).PublishAsync(id, Cancellation);
            });
            await bench.MixAsync(id);
            return await bench.DatasetAsync(id);
        }
    }

    private static async Task<List<string>> UnitsAsync(DatasetBench bench, DatasetRow dataset)
    {
        using var secrets = bench.Vault.Open(dataset);
        await using var blob = dataset.State == DatasetState.Published
            ? await bench.Content.OpenAsync(Cid.Parse(dataset.Cid!), 1 << 20, Cancellation)
            : File.OpenRead(bench.Source.Blob(dataset.Id));
        using var chunks = await ChunkReader.OpenAsync(blob, secrets.Key, new DatasetContext(Address.Parse(dataset.Publisher), dataset.Id), Cancellation);
        await using var opened = new OpeningStream(chunks);
        var reader = new UnitReader("mixed", opened, secrets.Plan.Format);
        var units = new List<string>();
        while (await reader.ReadAsync(Cancellation) is { } unit)
        {
            units.Add(Encoding.UTF8.GetString(unit.Span));
        }

        return units;
    }

    /// <summary>A connection that breaks off after its bytes.</summary>
    private sealed class BreakingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position < Length ? base.ReadAsync(buffer, cancellationToken) : throw new IOException("The connection broke off.");
    }
}
