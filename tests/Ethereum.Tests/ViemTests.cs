using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Ethereum.Abi;
using Ethereum.Tests.Abi;
using Ethereum.Transactions;

namespace Ethereum.Tests;

/// <summary>Compares with viem, another implementation, on random values in both directions.</summary>
public class ViemTests
{
    private const int Count = 2000;

    [Fact]
    public async Task Random_values_are_encoded_hashed_signed_and_read_as_viem_does()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("VIEM_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"VIEM_SEED={seed}");
        using var viem = Start(seed);
        var complaints = viem.StandardError.ReadToEndAsync(cancellation);
        var compared = new Dictionary<string, int>(StringComparer.Ordinal);
        var transactions = new List<(Transaction Transaction, byte[] Key)>();
        while (await viem.StandardOutput.ReadLineAsync(cancellation) is { Length: > 0 } line)
        {
            using var document = JsonDocument.Parse(line);
            var item = document.RootElement;
            var kind = Text(item, "kind");
            compared[kind] = compared.GetValueOrDefault(kind) + 1;
            try
            {
                Compare(kind, item, transactions);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new InvalidOperationException($"seed {seed}: {line}", e);
            }
        }

        Assert.Equal([Count, Count, Count, Count / 4, Count / 4, Count / 4], new[] { "keccak", "address", "abi", "transaction", "signIn", "typed" }.Select(k => compared.GetValueOrDefault(k)));
        foreach (var (transaction, key) in transactions)
        {
            using var signer = new LocalKeySigner(key);
            var signed = await signer.SignAsync(transaction, cancellation);
            await viem.StandardInput.WriteLineAsync(Hex.ToString(signed.Raw).AsMemory(), cancellation);
            await viem.StandardInput.FlushAsync(cancellation);
            var answer = await viem.StandardOutput.ReadLineAsync(cancellation) ?? throw new InvalidOperationException($"seed {seed}: viem refuses {Hex.ToString(signed.Raw)}: {await complaints}");
            using var document = JsonDocument.Parse(answer);
            Assert.Equal(signer.Address.ToChecksumString(), Text(document.RootElement, "sender"));
            Assert.Equal(signed.Hash.ToString(), Text(document.RootElement, "hash"));
            Assert.Equal(transaction.Value, Number(document.RootElement, "value"));
            Assert.Equal(Hex.ToString(transaction.Data), Text(document.RootElement, "data"));
        }

        viem.StandardInput.Close();
        await viem.WaitForExitAsync(cancellation);
        Assert.Equal((0, ""), (viem.ExitCode, await complaints));
    }

    private static void Compare(string kind, JsonElement item, List<(Transaction, byte[])> transactions)
    {
        switch (kind)
        {
            case "keccak":
                Assert.Equal(Text(item, "hash"), Keccak256.Hash(Hex.Parse(Text(item, "data"))).ToString());
                break;
            case "address":
                var text = Text(item, "address");
                Assert.Equal(text, Address.Parse(text.ToLowerInvariant()).ToChecksumString());
                Assert.Equal(text, Address.Parse(text).ToChecksumString());
                break;
            case "abi":
                var type = AbiType.Parse(Text(item, "type"));
                var values = (object[])Value(type, item.GetProperty("values"));
                Assert.Equal(Text(item, "encoded"), Hex.ToString(AbiCodec.Encode(type, values)));
                Assert.Equal(AbiSpecificationTests.Show(values), AbiSpecificationTests.Show(AbiCodec.Decode(type, Hex.Parse(Text(item, "encoded")))));
                break;
            case "typed":
                Transactions.TypedDataTests.Compare(item);
                break;
            case "signIn":
                SignIn.SignInMessageTests.Compare(item);
                break;
            default:
                var transaction = ReadTransaction(item);
                Assert.Equal(Text(item, "signingHash"), transaction.SigningHash().ToString());
                var signed = SignedTransaction.Decode(Hex.Parse(Text(item, "raw")));
                Assert.Equal(Text(item, "sender"), signed.Sender.ToChecksumString());
                Assert.Equal(Text(item, "hash"), signed.Hash.ToString());
                Assert.Equal(Text(item, "raw"), Hex.ToString(transaction.Encode(signed.Signature)));
                Assert.Equal(transaction.SigningHash(), signed.Transaction.SigningHash());
                transactions.Add((transaction, Hex.Parse(Text(item, "key"))));
                break;
        }
    }

    private static Transaction ReadTransaction(JsonElement item)
    {
        Address? to = item.TryGetProperty("to", out var receiver) ? Address.Parse(receiver.GetString()!) : null;
        var (chain, nonce, gas) = (item.GetProperty("chainId").GetUInt64(), item.GetProperty("nonce").GetUInt64(), (ulong)Number(item, "gas"));
        var (value, data) = (Number(item, "value"), Hex.Parse(Text(item, "data")));
        return Text(item, "type") == "legacy"
            ? new LegacyTransaction { ChainId = chain, Nonce = nonce, GasLimit = gas, To = to, Value = value, Data = data, GasPrice = Number(item, "gasPrice") }
            : new Eip1559Transaction
            {
                ChainId = chain,
                Nonce = nonce,
                GasLimit = gas,
                To = to,
                Value = value,
                Data = data,
                MaxFeePerGas = Number(item, "maxFeePerGas"),
                MaxPriorityFeePerGas = Number(item, "maxPriorityFeePerGas"),
                AccessList = [.. item.GetProperty("accessList").EnumerateArray().Select(e =>
                    new AccessListEntry(Address.Parse(Text(e, "address")), [.. e.GetProperty("storageKeys").EnumerateArray().Select(k => Hash32.Parse(k.GetString()!))]))],
            };
    }

    private static object Value(AbiType type, JsonElement value) => type.Kind switch
    {
        AbiKind.UInt or AbiKind.Int => BigInteger.Parse(value.GetString()!, CultureInfo.InvariantCulture),
        AbiKind.Address => Address.Parse(value.GetString()!),
        AbiKind.Bool => value.GetBoolean(),
        AbiKind.FixedBytes or AbiKind.Bytes => Hex.Parse(value.GetString()!),
        AbiKind.String => value.GetString()!,
        AbiKind.Tuple => value.EnumerateArray().Select((v, i) => Value(type.Members[i], v)).ToArray(),
        _ => value.EnumerateArray().Select(v => Value(type.Members[0], v)).ToArray(),
    };

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;

    private static BigInteger Number(JsonElement item, string name) => BigInteger.Parse(Text(item, name), CultureInfo.InvariantCulture);

    private static Process Start(int seed)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Workers.sln")))
        {
            root = root.Parent!;
        }

        var folder = Path.Combine(root.FullName, "tests", "node", "viem");
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules", "viem")), $"viem is not installed; run: npm ci --ignore-scripts --prefix {folder}");
        return Process.Start(new ProcessStartInfo("node", ["oracle.mjs", seed.ToString(CultureInfo.InvariantCulture), Count.ToString(CultureInfo.InvariantCulture)])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}
