using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Ethereum;
using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Buying;
using Workers.Encryption.Market;
using Workers.Encryption.Selling;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Tests.Api;

/// <summary>The owner's HTTP API with what anybody may send to it.</summary>
public sealed class EncryptionApiTests(ApiFleet fleet) : IClassFixture<ApiFleet>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "api/applications")]
    [InlineData("POST", "api/applications")]
    [InlineData("POST", "api/seal")]
    [InlineData("GET", "api/account")]
    [InlineData("GET", "api/market/applications")]
    [InlineData("GET", "api/purchases")]
    [InlineData("PUT", "api/purchases/00000000-0000-0000-0000-000000000001")]
    [InlineData("GET", "api/sales")]
    [InlineData("POST", "api/sales/1/approve")]
    [InlineData("POST", "api/trades/1/split")]
    [InlineData("GET", "api/transactions")]
    public async Task Nothing_answers_without_the_token_or_with_a_wrong_one(string method, string path)
    {
        foreach (var token in new[] { null, "", "wrong", new string('0', 64) })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (method is "POST" or "PUT")
            {
                request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            }

            if (token is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
            }

            using var answer = await fleet.Stranger.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_strangers_body_is_not_even_read()
    {
        using var malformed = new StringContent("{", Encoding.UTF8, "application/json");
        using var answer = await fleet.Stranger.PutAsync($"api/purchases/{Guid.NewGuid()}", malformed, Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        using var query = await fleet.Stranger.PostAsync("api/applications?ownerShare=x", content: null, Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, query.StatusCode);
    }

    [Fact]
    public async Task The_description_lists_the_groups_of_Table_3()
    {
        var description = await fleet.Stranger.GetFromJsonAsync<JsonElement>("openapi/v1.json", Cancellation);
        var tags = description.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject())
            .SelectMany(o => o.Value.GetProperty("tags").EnumerateArray()).Select(t => t.GetString()).Distinct().ToList();
        Assert.Superset(new HashSet<string?> { "Applications", "Local storage", "Remote", "Market", "Purchases", "Sales", "Transactions" }, tags.ToHashSet());
        Assert.True(description.GetProperty("paths").TryGetProperty("/api/applications/{applicationId}/spaces/{tag}/files/{name}", out _));
    }

    [Fact]
    public async Task An_unknown_tag_or_application_has_no_space()
    {
        using var body = new StringContent("x");
        using var tag = await fleet.Http.PutAsync(Files("photos") + "/a", body, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, tag.StatusCode);
        using var list = await fleet.Http.GetAsync(Files("photos"), Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, list.StatusCode);
        using var other = await fleet.Http.GetAsync($"api/applications/{Keccak256.Hash("other")}/spaces/mail/files", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        using var pseudonym = await fleet.Http.PostAsync($"api/applications/{Keccak256.Hash("other")}/pseudonyms", content: null, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, pseudonym.StatusCode);
    }

    [Theory]
    [InlineData("..%2Fx")]
    [InlineData("%2e%2e%2fx")]
    [InlineData("..%5Cx")]
    [InlineData(".hidden")]
    [InlineData("a%2Fb")]
    [InlineData("a%00b")]
    [InlineData("a%0Ab")]
    [InlineData("a%0A")]
    [InlineData("a%20b")]
    [InlineData("300")]
    public async Task A_name_that_is_no_plain_file_name_is_refused_and_nothing_is_written(string name)
    {
        var before = Everything();
        using var body = new StringContent("x");
        using var answer = await fleet.Http.PutAsync($"{Files()}/{(name == "300" ? new string('a', 300) : name)}", body, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(before, Everything());
        using var read = await fleet.Http.GetAsync($"{Files()}/{(name == "300" ? new string('a', 300) : name)}", Cancellation);
        Assert.True(read.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{read.StatusCode}");
    }

    [Fact]
    public async Task A_stored_file_is_listed_and_read_back_and_a_broken_upload_leaves_nothing()
    {
        using var body = new StringContent("hello");
        using var stored = await fleet.Http.PutAsync($"{Files()}/letter.txt", body, Cancellation);
        Assert.Equal(HttpStatusCode.Created, stored.StatusCode);
        Assert.Equal("hello", await fleet.Http.GetStringAsync($"{Files()}/letter.txt", Cancellation));

        using var broken = new StreamContent(new BrokenStream());
        await Assert.ThrowsAnyAsync<Exception>(() => fleet.Http.PutAsync($"{Files()}/broken", broken, Cancellation));
        for (var i = 0; i < 100 && Directory.EnumerateFiles(fleet.SpaceFolder, ".incoming-*").Any(); i++)
        {
            await Task.Delay(50, Cancellation);
        }

        Assert.DoesNotContain("broken", Everything(), StringComparison.Ordinal);
        Assert.DoesNotContain(".incoming-", Everything(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not a zip", "package")]
    [InlineData("", "package")]
    [InlineData("config", "\"tags\"")]
    public async Task A_body_that_is_no_package_is_refused_with_the_reason(string body, string reason)
    {
        var bytes = body == "config" ? ApiFleet.Package("""{"name":"Mail"}""") : Encoding.UTF8.GetBytes(body);
        using var content = new ByteArrayContent(bytes);
        using var answer = await fleet.Http.PostAsync("api/applications", content, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(reason, await DetailAsync(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ownerShare=10001", "ownerShare")]
    [InlineData("ownerShare=-1", "ownerShare")]
    [InlineData("answerWindow=-1", "answerWindow")]
    [InlineData("disputeWindow=-2147483648", "disputeWindow")]
    [InlineData("arbiter=0x12", "arbiter")]
    public async Task Terms_out_of_range_are_refused_with_their_name(string query, string name)
    {
        using var content = new ByteArrayContent(ApiFleet.Package());
        using var answer = await fleet.Http.PostAsync($"api/applications?{query}", content, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith(name, await DetailAsync(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("bafkreigarbage")]
    [InlineData("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyk1")]
    public async Task A_CID_that_is_none_is_refused(string cid)
    {
        using var install = await fleet.Http.PostAsync($"api/applications/{cid}/install", content: null, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, install.StatusCode);
        using var fetch = await fleet.Http.GetAsync($"api/applications/{fleet.ApplicationId}/remote/storage/{cid}", Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, fetch.StatusCode);
    }

    [Theory]
    [InlineData("""{"to":"0x12","data":"0x"}""")]
    [InlineData("""{"to":"0x00000000000000000000000000000000000000a1","data":"0xzz"}""")]
    [InlineData("""{"to":"0x00000000000000000000000000000000000000a1","data":"00"}""")]
    [InlineData("""{"to":"0x00000000000000000000000000000000000000a1","data":"0x0"}""")]
    [InlineData("""{"to":null,"data":null}""")]
    [InlineData("{}")]
    public async Task A_malformed_contract_call_is_refused(string json)
    {
        foreach (var what in new[] { "compute", "transactions" })
        {
            using var body = new StringContent(json, Encoding.UTF8, "application/json");
            using var answer = await fleet.Http.PostAsync($"api/applications/{fleet.ApplicationId}/remote/{what}", body, Cancellation);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("0.5")]
    [InlineData("1.000000001")]
    [InlineData("79228162514264337593543950336")]
    [InlineData("\"many\"")]
    [InlineData("null")]
    public async Task A_price_that_is_no_whole_number_above_0_is_refused(string price)
    {
        var sealId = await ListAsync();
        using var answer = await OrderAsync(Guid.NewGuid(), $$"""{"sealId":"{{sealId}}","tag":"mail","price":{{price}}}""");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task An_order_for_a_period_that_is_not_listed_or_of_another_tag_is_refused()
    {
        var sealId = await ListAsync();
        string[] bad =
        [
            $$"""{"sealId":"{{Keccak256.Hash("unlisted")}}","tag":"mail","price":5}""",
            $$"""{"sealId":"{{sealId}}","tag":"photos","price":5}""",
            $$"""{"sealId":"{{sealId}}","price":5}""",
            """{"tag":"mail","price":5}""",
            """{"sealId":null,"tag":null,"price":5}""",
            "{}",
            "null",
            "",
            "{",
        ];
        foreach (var json in bad)
        {
            using var answer = await OrderAsync(Guid.NewGuid(), json);
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{json} → {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Ordering_one_id_twice_or_at_once_is_one_purchase_with_one_key()
    {
        var (sealId, id) = (await ListAsync(), Guid.NewGuid());
        var json = $$"""{"sealId":"{{sealId}}","tag":"mail","price":5}""";
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OrderAsync(id, json)));
        foreach (var answer in answers)
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            answer.Dispose();
        }

        using var again = await OrderAsync(id, json);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Single(await fleet.WithDbAsync(db => db.Purchases.Where(p => p.Id == id).ToListAsync(Cancellation)));
    }

    [Fact]
    public async Task Only_a_sale_that_waits_for_a_person_can_be_approved_or_declined_and_only_once()
    {
        using var unknown = await fleet.Http.PostAsync("api/sales/404/approve", content: null, Cancellation);
        Assert.Equal(HttpStatusCode.Conflict, unknown.StatusCode);
        foreach (var decision in Enum.GetValues<SaleDecision>())
        {
            var id = 1_000 + (long)decision;
            await fleet.WithDbAsync(async db =>
            {
                db.Sales.Add(new SaleRow { TradeId = id, RequestBlockHash = "0x01", Decision = decision });
                return await db.SaveChangesAsync(Cancellation);
            });
            using var first = await fleet.Http.PostAsync($"api/sales/{id}/approve", content: null, Cancellation);
            Assert.Equal(decision == SaleDecision.AwaitingPerson ? HttpStatusCode.Accepted : HttpStatusCode.Conflict, first.StatusCode);
            using var second = await fleet.Http.PostAsync($"api/sales/{id}/decline", content: null, Cancellation);
            Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        }
    }

    [Fact]
    public async Task A_purchase_or_dispute_that_is_not_open_cannot_be_cancelled_or_split()
    {
        using var cancel = await fleet.Http.PostAsync($"api/purchases/{Guid.NewGuid()}/cancel", content: null, Cancellation);
        Assert.Equal(HttpStatusCode.Conflict, cancel.StatusCode);
        using var split = await fleet.Http.PostAsJsonAsync("api/trades/5/split", new { toBuyer = 1 }, Cancellation);
        Assert.Equal(HttpStatusCode.Conflict, split.StatusCode);
        using var trade = await fleet.Http.GetAsync("api/market/trades/5", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, trade.StatusCode);
    }

    [Fact]
    public async Task A_proposal_made_again_after_another_one_is_sent_again_and_one_that_stands_is_not()
    {
        const long Id = 2_001;
        await DisputeAsync(Id);
        foreach (var toBuyer in new[] { 10, 10, 20, 10, 10 })
        {
            await ProposeAsync(Id, toBuyer);
        }

        Assert.Equal([10, 20, 10], await ProposalsAsync(Id));
    }

    [Fact]
    public async Task A_proposal_that_the_contract_refused_can_be_made_again()
    {
        const long Id = 2_002;
        await DisputeAsync(Id);
        await ProposeAsync(Id, 10);
        await fleet.WithDbAsync(db => db.Transactions.Where(t => t.Key.StartsWith($"trade/{Id}/"))
            .ExecuteUpdateAsync(s => s.SetProperty(t => t.State, Contracts.Messages.TransactionState.Reverted), Cancellation));
        await ProposeAsync(Id, 10);
        Assert.Equal([10, 10], await ProposalsAsync(Id));
    }

    /// <summary>Each would be the dispute's next proposal: one becomes it, and who came too late is told to look again.</summary>
    [Fact]
    public async Task Proposals_at_the_same_instant_are_taken_one_after_the_other_or_turned_away()
    {
        const long Id = 2_003;
        await DisputeAsync(Id);
        var answers = await Task.WhenAll(Enumerable.Range(1, 12).Select(n => fleet.Http.PostAsJsonAsync($"api/trades/{Id}/split", new { toBuyer = n }, Cancellation)));
        Assert.All(answers, a => Assert.Contains(a.StatusCode, new[] { HttpStatusCode.Accepted, HttpStatusCode.Conflict }));
        Assert.Equal(answers.Count(a => a.IsSuccessStatusCode), (await ProposalsAsync(Id)).Count());
        Assert.All(answers, a => a.Dispose());
    }

    /// <summary>A payment of 0 would tie the pseudonym to the main account on chain as well as one of 1.</summary>
    [Fact]
    public async Task A_pseudonym_that_is_not_to_be_funded_is_not_linked_to_the_main_account_on_chain() =>
        Assert.Empty(await fleet.WithDbAsync(db => db.Transactions.Where(t => t.Key.StartsWith("fund/")).ToListAsync(Cancellation)));

    [Fact]
    public async Task No_answer_holds_a_key()
    {
        var id = Guid.NewGuid();
        using var ordered = await OrderAsync(id, $$"""{"sealId":"{{await ListAsync()}}","tag":"mail","price":5}""");
        foreach (var path in new[] { "api/purchases", $"api/applications/{fleet.ApplicationId}/periods", $"api/applications/{fleet.ApplicationId}/pseudonyms", "api/applications" })
        {
            var body = await fleet.Http.GetStringAsync(path, Cancellation);
            Assert.DoesNotContain("wrapped", body, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("privateKey", body, StringComparison.OrdinalIgnoreCase);
        }
    }

    private string Files(string tag = "mail") => $"api/applications/{fleet.ApplicationId}/spaces/{tag}/files";

    private Task<int> DisputeAsync(long tradeId) => fleet.WithDbAsync(async db =>
    {
        db.Trades.Add(new TradeRow { TradeId = tradeId, Status = TradeStatus.Disputed, Price = 100, Owner = "0x00000000000000000000000000000000000000b1", BlockNumber = 1, BlockHash = "0x01" });
        return await db.SaveChangesAsync(Cancellation);
    });

    private async Task ProposeAsync(long tradeId, int toBuyer)
    {
        using var answer = await fleet.Http.PostAsJsonAsync($"api/trades/{tradeId}/split", new { toBuyer }, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private async Task<IEnumerable<int>> ProposalsAsync(long tradeId)
    {
        var calls = await fleet.WithDbAsync(db => db.Transactions.Where(t => t.Key.StartsWith($"trade/{tradeId}/")).OrderBy(t => t.Id).Select(t => t.Data).ToListAsync(Cancellation));

        // ABI: a selector of 4 bytes, the trade's number, the amount, 32 bytes each.
        return calls.Select(c => (int)new System.Numerics.BigInteger(c.AsSpan(36, 32), isUnsigned: true, isBigEndian: true));
    }

    private string Everything()
    {
        var root = Directory.GetParent(fleet.SpaceFolder)!.Parent!.FullName;
        return string.Join('\n', Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
    }

    private static async Task<string> DetailAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("detail").GetString()!;

    private async Task<HttpResponseMessage> OrderAsync(Guid id, string json)
    {
        using var body = new StringContent(json, new MediaTypeHeaderValue("application/json"));
        return await fleet.Http.PutAsync($"api/purchases/{id}", body, Cancellation);
    }

    private async Task<string> ListAsync()
    {
        var sealId = Keccak256.Hash(Guid.NewGuid().ToByteArray()).ToString();
        await fleet.WithDbAsync(async db =>
        {
            db.ListedSeals.Add(new ListedSealRow
            {
                SealId = sealId,
                ApplicationId = fleet.ApplicationId,
                Owner = "0x00000000000000000000000000000000000000b1",
                Tag = SealIdentity.Tag("mail").ToString(),
                Period = 0,
                KeyCommitment = sealId,
                ContentHash = sealId,
                Cid = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
                SealedAt = DateTimeOffset.UnixEpoch,
                BlockNumber = 1,
                BlockHash = "0x01",
            });
            return await db.SaveChangesAsync(Cancellation);
        });
        return sealId;
    }

    /// <summary>A sender that goes away in the middle.</summary>
    private sealed class BrokenStream : MemoryStream
    {
        private bool started;

        public BrokenStream() : base(new byte[1_000])
        {
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (started)
            {
                throw new IOException("gone");
            }

            started = true;
            buffer.Span[..1_000].Clear();
            return ValueTask.FromResult(1_000);
        }

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) => throw new IOException("gone");
    }
}
