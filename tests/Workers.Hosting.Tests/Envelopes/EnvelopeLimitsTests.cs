using System.Net;
using Ethereum;
using Microsoft.Extensions.Options;
using Workers.Hosting.Envelopes;

namespace Workers.Hosting.Tests.Envelopes;

public sealed class EnvelopeLimitsTests
{
    private const int Plenty = 100_000, Tries = 1_000;

    [Fact]
    public async Task A_sender_has_its_turns_and_as_many_wait()
    {
        using var limits = Make(concurrencyPerSender: 2);
        var (first, second) = (await TakenAsync(limits, 1), await TakenAsync(limits, 1));
        var waiting = (Task<(IDisposable? Turn, bool)>[])[TakeAsync(limits, 1), TakeAsync(limits, 1)];
        Assert.Equal((null, true), await TakeAsync(limits, 1));
        (await TakenAsync(limits, 2)).Dispose();
        Assert.All(waiting, w => Assert.False(w.IsCompleted));
        first.Dispose();
        second.Dispose();
        foreach (var turn in waiting)
        {
            (await turn.WaitAsync(TimeSpan.FromSeconds(20), Samples.Cancellation)).Turn!.Dispose();
        }

        for (var i = 0; i < 10; i++)
        {
            (await TakenAsync(limits, 1)).Dispose();
        }
    }

    [Fact]
    public async Task All_together_have_their_turns_and_who_is_refused_keeps_none()
    {
        using var limits = Make(concurrency: 1, concurrencyPerSender: 1);
        var held = await TakenAsync(limits, 1);
        var waiting = Enumerable.Range(2, 4).Select(sender => TakeAsync(limits, sender)).ToList();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal((null, false), await TakeAsync(limits, 10).WaitAsync(TimeSpan.FromSeconds(20), Samples.Cancellation));
        }

        held.Dispose();
        foreach (var turn in waiting)
        {
            (await turn.WaitAsync(TimeSpan.FromSeconds(20), Samples.Cancellation)).Turn!.Dispose();
        }

        (await TakenAsync(limits, 10)).Dispose();
    }

    [Fact]
    public async Task A_sender_sends_so_much_in_a_second_and_its_excess_uses_up_nothing_of_the_others()
    {
        using var limits = Make(ratePerSender: 1, rate: 50);
        Assert.True(await RefusedAsync(limits, _ => 1));
        for (var i = 0; i < Tries; i++)
        {
            (await TakeAsync(limits, 1)).Turn?.Dispose();
        }

        (await TakenAsync(limits, 2)).Dispose();
    }

    [Fact]
    public async Task All_together_send_so_much_in_a_second()
    {
        using var limits = Make(rate: 1);
        Assert.False(await RefusedAsync(limits, i => i));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1/32")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1/32")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    public void An_address_stands_for_what_one_customer_has(string address, string network) =>
        Assert.Equal(IPNetwork.Parse(network), EnvelopeLimits.NetworkOf(IPAddress.Parse(address)));

    private static EnvelopeLimits Make(int ratePerSender = Plenty, int rate = Plenty, int concurrencyPerSender = Plenty, int concurrency = Plenty / 10) => new(Options.Create(new EnvelopeOptions
    {
        Limits = new() { RatePerSender = ratePerSender, Rate = rate, ConcurrencyPerSender = concurrencyPerSender, Concurrency = concurrency },
    }));

    private static Task<(IDisposable? Turn, bool IsSenders)> TakeAsync(EnvelopeLimits limits, int sender)
    {
        var account = new byte[Address.Size];
        BitConverter.TryWriteBytes(account, sender);
        return limits.TakeTurnAsync(new Address(account), Samples.Cancellation).AsTask();
    }

    private static async Task<IDisposable> TakenAsync(EnvelopeLimits limits, int sender)
    {
        var (turn, _) = await TakeAsync(limits, sender).WaitAsync(TimeSpan.FromSeconds(20), Samples.Cancellation);
        Assert.NotNull(turn);
        return turn;
    }

    /// <summary>Whose fault it is when somebody is refused at last.</summary>
    private static async Task<bool> RefusedAsync(EnvelopeLimits limits, Func<int, int> sender)
    {
        for (var i = 0; i < Tries; i++)
        {
            var (turn, isSenders) = await TakeAsync(limits, sender(i));
            if (turn is null)
            {
                return isSenders;
            }

            turn.Dispose();
        }

        throw new InvalidOperationException("Nobody was refused.");
    }
}
