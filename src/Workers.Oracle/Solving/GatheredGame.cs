using System.Buffers.Binary;
using System.Security.Cryptography;
using Mechanisms.PrivacyGame;
using Workers.Hosting.Cryptography;
using Workers.Oracle.Terms;

namespace Workers.Oracle.Solving;

/// <summary>π and ψ as a node keeps them until the request ends: little-endian doubles, wrapped. They tell where members are.</summary>
internal static class GatheredGame
{
    public static byte[] Wrap(GroupGame game, string requestId, KeyVault vault)
    {
        double[] numbers = [.. game.Prior, .. game.Prediction];
        var bytes = new byte[numbers.Length * sizeof(double)];
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * sizeof(double)), numbers[i]);
        }

        using var secret = Secret.CopyOf(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return vault.Wrap(secret, Purpose(requestId));
    }

    public static GroupGame Unwrap(byte[] wrapped, GameTerms terms, string requestId, KeyVault vault)
    {
        using var secret = vault.Unwrap(wrapped, Purpose(requestId));
        var bytes = secret.Reveal();
        var numbers = new double[bytes.Length / sizeof(double)];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = BinaryPrimitives.ReadDoubleLittleEndian(bytes[(i * sizeof(double))..]);
        }

        var half = numbers.Length / 2;
        return GroupGame.From(terms.Cells(), terms.Members.Length, numbers[..half], numbers[half..], terms.ToOptions());
    }

    private static string Purpose(string requestId) => $"game of request {requestId}";
}
