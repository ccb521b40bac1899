using System.Diagnostics;
using Ethereum.Rpc;

namespace EndToEnd.Tests.Production;

/// <summary>Waits for what workers do by themselves, also while they or their servers are down.</summary>
internal static class Patience
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Asks until there is an answer.</summary>
    /// <param name="what">What is waited for, for the failure's message.</param>
    /// <param name="ask">Null: not yet. What a dead worker, server or node makes it throw means not yet too.</param>
    /// <param name="limit">Null: 90 s.</param>
    public static async Task<T> UntilAsync<T>(string what, Func<CancellationToken, Task<T?>> ask, TimeSpan? limit = null)
        where T : class
    {
        var token = TestContext.Current.CancellationToken;
        var clock = Stopwatch.StartNew();
        Exception? last = null;
        while (clock.Elapsed < (limit ?? TimeSpan.FromMinutes(4)))
        {
            try
            {
                if (await ask(token) is { } answer)
                {
                    return answer;
                }

                last = null;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or InvalidOperationException or RpcException || (e is OperationCanceledException && !token.IsCancellationRequested))
            {
                last = e;
            }

            await Task.Delay(Pause, token);
        }

        throw new TimeoutException($"After {clock.Elapsed.TotalSeconds:0} s, not yet: {what}.", last);
    }

    /// <summary>Asks until it is so.</summary>
    public static Task UntilAsync(string what, Func<CancellationToken, Task<bool>> ask, TimeSpan? limit = null) =>
        UntilAsync(what, async token => await ask(token) ? what : null, limit);

    /// <summary>Does something that may be done again, until it succeeds.</summary>
    public static Task InsistAsync(string what, Func<CancellationToken, Task> act) =>
        UntilAsync(what, async token =>
        {
            await act(token);
            return true;
        });
}
