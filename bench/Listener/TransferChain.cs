using System.Globalization;
using Testing;

namespace Listener;

/// <summary>
/// An anvil chain full of ERC-20 <c>Transfer(address,address,uint256)</c> events: a contract that logs as many of them as its
/// first argument says, each with three topics and 32 bytes of data, called once per block.
/// </summary>
internal static class TransferChain
{
    public const string Contract = "0x00000000000000000000000000000000000020e2";

    // for (i = 0; n > i; i++) { mem[0] = i; log3(0, 32, Transfer, caller, i) }
    private const string Code =
        "0x5f5b805f5280337fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef60205fa3600101805f351160015700";

    public static async Task<AnvilNode> StartAsync(int blocks, int eventsPerBlock)
    {
        var anvil = await AnvilNode.StartAsync(new AnvilOptions(Mining: false));
        await anvil.CallAsync("anvil_setCode", Contract, Code);
        for (var block = 0; block < blocks; block++)
        {
            await anvil.CallAsync("eth_sendTransaction", new
            {
                from = AnvilNode.Accounts[0].Address.ToLowerInvariant(),
                to = Contract,
                gas = "0xf42400",
                data = "0x" + eventsPerBlock.ToString("x64", CultureInfo.InvariantCulture),
            });
            await anvil.MineAsync();
        }

        return anvil;
    }
}
