using System.Security.Cryptography;
using Ethereum;
using Workers.Evaluator.Sessions;
using Workers.Evaluator.Shards;
using Workers.Hosting.Cryptography;

namespace Workers.Evaluator.Tests.Shards;

public sealed class SealedShardTests
{
    private static readonly SessionReference Session = new(31337, Address.Parse("0x00000000000000000000000000000000000000c1"), Keccak256.Hash("session"));
    private static readonly Address Provider = Address.Parse("0x00000000000000000000000000000000000000a1");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(60)]
    [InlineData(257)]
    public void Sealed_in_their_places_the_shards_hashes_ascend(int count)
    {
        using var sessionKey = Secret.Random(32);
        var claimKey = RandomNumberGenerator.GetBytes(32);
        var blocks = Enumerable.Range(0, count).Select(i =>
        {
            using var key = ShardKeys.ContentKey(sessionKey, ShardKeys.Salt(claimKey, i), Session, Provider);
            return SealedShard.Seal([1, 2, 3], key, i, count);
        }).ToList();
        List<Hash32> keys = [.. blocks.Select(b => new Hash32(SHA256.HashData(b)))];
        Assert.Equal(keys.Order(), keys);
        using var last = ShardKeys.ContentKey(sessionKey, ShardKeys.Salt(claimKey, count - 1), Session, Provider);
        Assert.Equal([1, 2, 3], SealedShard.Open(blocks[^1], last));
        Assert.True(SealedShard.CidOf(SHA256.HashData(blocks[0])).Matches(blocks[0]));
    }

    [Fact]
    public void Another_place_session_provider_or_session_key_opens_nothing()
    {
        using var sessionKey = Secret.Random(32);
        using var otherKey = Secret.Random(32);
        var claimKey = RandomNumberGenerator.GetBytes(32);
        var salt = ShardKeys.Salt(claimKey, 3);
        using var right = ShardKeys.ContentKey(sessionKey, salt, Session, Provider);
        var block = SealedShard.Seal(new byte[100], right, 3, 10);
        Assert.Equal(new byte[100], SealedShard.Open(block, right));
        var elsewhere = Session with { SessionId = Keccak256.Hash("another") };
        Secret[] wrong =
        [
            ShardKeys.ContentKey(sessionKey, ShardKeys.Salt(claimKey, 4), Session, Provider),
            ShardKeys.ContentKey(sessionKey, salt, elsewhere, Provider),
            ShardKeys.ContentKey(sessionKey, salt, Session, Address.Zero),
            ShardKeys.ContentKey(otherKey, salt, Session, Provider),
        ];
        Assert.All(wrong, key => Assert.ThrowsAny<CryptographicException>(() => SealedShard.Open(block, key)));
        Array.ForEach(wrong, key => key.Dispose());
    }

    [Fact]
    public void A_flipped_bit_anywhere_but_in_the_place_is_noticed()
    {
        using var key = Secret.Random(32);
        var block = SealedShard.Seal([7, 8, 9], key, 0, 1);
        for (var i = 0; i < block.Length - 8; i++)
        {
            block[i] ^= 1;
            Assert.ThrowsAny<CryptographicException>(() => SealedShard.Open(block, key));
            block[i] ^= 1;
        }
    }

    [Fact]
    public void What_does_not_fit_one_block_is_refused()
    {
        using var key = Secret.Random(32);
        Assert.Equal(SealedShard.MaxLength, SealedShard.Seal(new byte[SealedShard.MaxLength - SealedShard.Overhead], key, 0, 1).Length);
        Assert.Throws<ArgumentException>(() => SealedShard.Seal(new byte[SealedShard.MaxLength - SealedShard.Overhead + 1], key, 0, 1));
        Assert.ThrowsAny<CryptographicException>(() => SealedShard.Open(new byte[20], key));
    }
}
