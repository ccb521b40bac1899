using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Ethereum;
using Workers.Hosting.Cryptography;

namespace Workers.Hosting.Envelopes;

/// <summary>Somebody whom an operator lists by account in a configuration, because no chain knows it.</summary>
public class ListedMember
{
    /// <summary>Its P-256 public key, uncompressed: 0x and 130 digits.</summary>
    [Required]
    public string PublicKey { get; set; } = "";

    /// <summary>Where it is reached: <c>https://host:port/#</c> and the SHA-256 of its certificate. Empty for who asks and is never asked.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>What envelopes need of it.</summary>
    public MemberEntry ToEntry(string account) => new(Address.Parse(account), Hex.Parse(PublicKey), Endpoint);

    /// <summary>What is wrong with a list of them.</summary>
    /// <param name="name">The key of the list, without its section.</param>
    /// <param name="isAsked">Whether each needs an endpoint.</param>
    public static IEnumerable<ValidationResult> Problems<T>(IReadOnlyDictionary<string, T> listed, string name, bool isAsked)
        where T : ListedMember
    {
        ArgumentNullException.ThrowIfNull(listed);
        foreach (var (account, member) in listed)
        {
            if (!Address.TryParse(account, null, out _))
            {
                yield return new ValidationResult($"'{account}' is no account: 0x and 40 hexadecimal digits", [name]);
            }

            if (!IsKey(member.PublicKey))
            {
                yield return new ValidationResult($"'{account}' needs a PublicKey: a P-256 point as 0x04 and 128 hexadecimal digits", [name]);
            }

            if ((isAsked || member.Endpoint.Length > 0) && !MemberEndpoint.TryParse(member.Endpoint, out _))
            {
                yield return new ValidationResult($"'{account}' needs an Endpoint such as https://host:port/ with # and the SHA-256 of its certificate", [name]);
            }
        }
    }

    private static bool IsKey(string text)
    {
        try
        {
            P256KeyPair.CheckPublicKey(Hex.Parse(text));
            return true;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or CryptographicException or HpkeException)
        {
            return false;
        }
    }
}
