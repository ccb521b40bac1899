using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Testing;

/// <summary>Chooses TCP ports for servers of tests.</summary>
public static class LoopbackPort
{
    /// <summary>
    /// A free port on 127.0.0.1 below the range from which Linux takes ports for outgoing connections (32768–60999), so
    /// that nobody takes it while its server is down.
    /// </summary>
    /// <returns>A port from 12000 to 31999.</returns>
    public static int Next()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(12_000, 32_000);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                continue;
            }
        }
    }

    /// <summary>Whether something accepts connections on the port.</summary>
    /// <param name="port">Port on 127.0.0.1.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <returns>True when a connection was made.</returns>
    public static async Task<bool> IsOpenAsync(int port, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellation).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
