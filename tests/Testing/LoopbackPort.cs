using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Testing;

/// <summary>Chooses TCP ports for servers of tests.</summary>
public static class LoopbackPort
{
    // A file for each port, which whoever chose it keeps open and locked: the lock ends with the process, however it ends. Each user has its own, since nobody can open another one's.
    private static readonly string Locks = Path.Combine(Path.GetTempPath(), $"loopback-ports-{Environment.UserName}");
    private static readonly ConcurrentBag<FileStream> Chosen = [];

    /// <summary>
    /// A free port on 127.0.0.1 below the range from which Linux takes ports for outgoing connections (32768–60999), so
    /// that nobody takes it before its server is up or while it is down. No other test of this user gets the same one while this process lives.
    /// </summary>
    /// <returns>A port from 12000 to 31999.</returns>
    public static int Next()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(12_000, 32_000);
            if (TryChoose(port) && IsFree(port))
            {
                return port;
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

    private static bool TryChoose(int port)
    {
        var file = Path.Combine(Locks, port.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(Locks);
        try
        {
            Chosen.Add(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            return true;
        }
        catch (IOException) when (File.Exists(file))
        {
            return false;
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
