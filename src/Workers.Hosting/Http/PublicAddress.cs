using System.Net;
using System.Net.Sockets;

namespace Workers.Hosting.Http;

/// <summary>
/// Which addresses belong to the public internet, by IANA's special-purpose address registries (RFC 6890 and its updates, as of 2026):
/// what is not globally reachable there, and what can carry such an address inside another, is not.
/// </summary>
public static class PublicAddress
{
    private static readonly IPNetwork[] NotPublicV4 = Networks(
        "0.0.0.0/8", // this network, RFC 791
        "10.0.0.0/8", // private use, RFC 1918
        "100.64.0.0/10", // shared address space of carriers, RFC 6598
        "127.0.0.0/8", // loopback, RFC 1122
        "169.254.0.0/16", // link-local, RFC 3927; clouds answer with credentials at 169.254.169.254
        "172.16.0.0/12", // private use, RFC 1918
        "192.0.0.0/24", // IETF protocol assignments, RFC 6890
        "192.0.2.0/24", // documentation, RFC 5737
        "192.88.99.0/24", // former 6to4 relays, RFC 7526
        "192.168.0.0/16", // private use, RFC 1918
        "198.18.0.0/15", // benchmarking, RFC 2544
        "198.51.100.0/24", // documentation, RFC 5737
        "203.0.113.0/24", // documentation, RFC 5737
        "224.0.0.0/4", // multicast, RFC 5771
        "240.0.0.0/4"); // reserved, RFC 1112, and limited broadcast, RFC 8190

    /// <summary>
    /// All that is global unicast today (RFC 4291). Loopback, IPv4-compatible, unique local, link-local and site-local addresses, multicast, discard-only and
    /// local-use NAT64 prefixes and segment identifiers lie outside of it.
    /// </summary>
    private static readonly IPNetwork GlobalUnicastV6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] NotPublicV6 = Networks(
        "2001::/23", // IETF protocol assignments, RFC 2928: Teredo (2001::/32), benchmarking, ORCHID
        "2001:db8::/32", // documentation, RFC 3849
        "2002::/16", // 6to4, RFC 3056 and 7526: any IPv4 address inside
        "3fff::/20"); // documentation, RFC 9637

    /// <summary>NAT64 (RFC 6052): the last four bytes are the IPv4 address that is reached.</summary>
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Whether a connection to this address leaves for the public internet.</summary>
    public static bool IsPublic(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !IsIn(NotPublicV4, address),
        AddressFamily.InterNetworkV6 when address.IsIPv4MappedToIPv6 => IsPublic(address.MapToIPv4()),
        AddressFamily.InterNetworkV6 when Nat64.Contains(address) => IsPublic(new IPAddress(address.GetAddressBytes().AsSpan(12))),
        AddressFamily.InterNetworkV6 => GlobalUnicastV6.Contains(address) && !IsIn(NotPublicV6, address),
        _ => false,
    };

    private static bool IsIn(IPNetwork[] networks, IPAddress address) => Array.Exists(networks, n => n.Contains(address));

    private static IPNetwork[] Networks(params string[] networks) => [.. networks.Select(IPNetwork.Parse)];
}
