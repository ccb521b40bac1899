using System.Net;
using System.Net.Sockets;

namespace Workers.Hosting.Http;

/// <summary>All addresses of a host, by DNS; a literal address is its own. A seam: tests answer in its place.</summary>
public delegate Task<IPAddress[]> ResolveHost(string host, CancellationToken cancellationToken);

/// <summary>
/// Makes TCP connections to public addresses only. A host is resolved once for each connection, and the connection goes to an address of that very
/// answer, so that a second answer is no way in. One address of an answer that is not public condemns all of it.
/// </summary>
public sealed class CheckedConnections(ResolveHost resolve, IReadOnlyList<IPNetwork> trusted, TimeProvider clock)
{
    /// <summary>For one of several addresses; the exchange has its own limit.</summary>
    private static readonly TimeSpan AddressTimeout = TimeSpan.FromSeconds(5);

    /// <summary>As <see cref="SocketsHttpHandler.ConnectCallback"/> takes it.</summary>
    /// <exception cref="ForbiddenAddressException">The host has an address that is not public.</exception>
    /// <exception cref="SocketException">It has no address, or none that answers.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await resolve(context.DnsEndPoint.Host, cancellationToken);
        if (Array.Find(addresses, a => !IsAllowed(a)) is { } forbidden)
        {
            throw new ForbiddenAddressException(forbidden);
        }

        var failure = new SocketException((int)SocketError.HostNotFound);
        foreach (var address in addresses)
        {
            try
            {
                return await ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), cancellationToken);
            }
            catch (SocketException e)
            {
                failure = e;
            }
        }

        throw failure;
    }

    private bool IsAllowed(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return PublicAddress.IsPublic(address) || trusted.Any(n => n.Contains(plain));
    }

    private async Task<NetworkStream> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        using var tooLong = new CancellationTokenSource(AddressTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLong.Token, cancellationToken);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A host that somebody else named leads to a place where nothing is asked.</summary>
public sealed class ForbiddenAddressException(IPAddress address)
    : Exception($"The host has the address {address}, which is not on the public internet.");
