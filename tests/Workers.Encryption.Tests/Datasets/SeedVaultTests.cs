using ContentStore;
using ContentStore.UnixFs;
using Mechanisms.Trifork;
using Workers.Encryption.Datasets;
using Workers.Encryption.Datasets.Publishing;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Tests.Datasets;

public sealed class SeedVaultTests : IDisposable
{
    private readonly MasterKey _master = MasterKey.Generate();
    private readonly KeyVault _vault;

    public SeedVaultTests() => _vault = new KeyVault(_master);

    public static TheoryData<string, Action<DatasetRow>> Damages() => new()
    {
        { "key", d => d.WrappedKey![^1] ^= 1 },
        { "seed", d => d.WrappedSeed![^1] ^= 1 },
        { "plan", d => d.Plan = d.Plan!.Replace("\"Units\":3", "\"Units\":2", StringComparison.Ordinal) },
        { "hash", d => d.ContentHash = "0x" + new string('0', 64) },
        { "cid", d => d.Cid = Cid.Of(CidCodec.Raw, "other"u8).ToString() },
    };

    public static TheoryData<UnitFormat> Formats() => [new UnitFormat.Blocks(512), new UnitFormat.Lines(), new UnitFormat.Records(7)];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Damage_to_anything_that_recovery_goes_by_is_told_with_the_datasets_name(string what, Action<DatasetRow> damage)
    {
        var dataset = await KeepAsync(new UnitFormat.Lines());
        using (var secrets = _vault.Open(dataset))
        {
            Assert.Equal(3, secrets.Plan.Units);
        }

        damage(dataset);
        var e = Assert.Throws<KeyVaultException>(() => _vault.Open(dataset));
        Assert.True(e.Message.Contains(dataset.Id.ToString(), StringComparison.Ordinal), what);
    }

    [Fact]
    public async Task The_secrets_of_one_dataset_do_not_open_in_anothers_row()
    {
        var (one, other) = (await KeepAsync(new UnitFormat.Lines()), await KeepAsync(new UnitFormat.Lines()));
        other.WrappedSeed = one.WrappedSeed;
        Assert.Throws<KeyVaultException>(() => _vault.Open(other));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_plan_is_read_as_it_was_written(UnitFormat format)
    {
        var plan = Plan(format);
        Assert.Equal(plan, StoredPlan.Read(StoredPlan.Write(plan)));
    }

    public void Dispose() => _master.Dispose();

    private static MixPlan Plan(UnitFormat format) => new(format, 3, 6, 1_000, 2, TriforkParameters.Default());

    private async Task<DatasetRow> KeepAsync(UnitFormat format)
    {
        var dataset = new DatasetRow { Id = Guid.NewGuid(), Publisher = "0x0b8d4eebb6e7ba104155025d61c90e4a41f7298b", Draft = "{}", CreatedAt = default };
        using var key = Secret.Random(32);
        using var seed = Secret.Random(32);
        _vault.Keep(dataset, new SealedDataset(Plan(format), await BlobAsync()), "0x" + new string('1', 64), key, seed);
        return dataset;
    }

    private static async Task<FileDag> BlobAsync()
    {
        await using var dag = new DagStream();
        dag.Write("blob"u8);
        return await dag.CompleteAsync(TestContext.Current.CancellationToken);
    }
}
