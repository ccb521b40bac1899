using System.Numerics;
using System.Security.Cryptography;

namespace Ethereum.Transactions;

/// <summary>
/// What the platform's ECDSA lacks: recovery of the public key (SEC 1, version 2, section 4.1.6). Arithmetic is on public data only and not in
/// constant time; a private key never comes here.
/// </summary>
public static class Secp256k1
{
    /// <summary>The curve y² = x³ + 7 for the platform.</summary>
    public static readonly ECCurve Curve = ECCurve.CreateFromValue("1.3.132.0.10");

    // SEC 2, version 2, section 2.4.1.
    private static readonly BigInteger P = Number("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");
    private static readonly BigInteger N = Number("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    private static readonly BigInteger HalfN = N >> 1;
    private static readonly Point G = new(
        Number("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
        Number("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"),
        BigInteger.One);

    /// <summary>The public key that made the signature.</summary>
    /// <exception cref="FormatException">Not a signature of any key, or s is in the upper half (EIP-2).</exception>
    public static ECPoint Recover(Hash32 hash, Signature signature)
    {
        var (r, s, odd) = signature;
        if (r.Sign <= 0 || r >= N || s.Sign <= 0 || s > HalfN)
        {
            throw new FormatException("The signature's r or s is out of range; s must be in the lower half (EIP-2).");
        }

        var square = Mod((r * r * r) + 7);
        var y = BigInteger.ModPow(square, (P + 1) >> 2, P);
        if (Mod(y * y) != square)
        {
            throw new FormatException("The signature's r is not the x-coordinate of a point.");
        }

        // Q = r⁻¹ (s R − z G)
        var inverse = BigInteger.ModPow(r, N - 2, N);
        var z = new BigInteger(hash.ToArray(), isUnsigned: true, isBigEndian: true) % N;
        var key = Combine((N - z) * inverse % N, G, s * inverse % N, new Point(r, y.IsEven == odd ? P - y : y, BigInteger.One));
        return key.Z.IsZero ? throw new FormatException("The signature recovers to no key.") : Affine(key);
    }

    /// <summary>Makes the platform's (r, s) recoverable: lower half of s, and the parity that belongs to it. Also checks the signature.</summary>
    /// <returns>Null in the case (1 of 2¹²⁷) that r is not the point's x-coordinate itself; sign again then.</returns>
    internal static Signature? Complete(Hash32 hash, ReadOnlySpan<byte> rs, ECPoint key)
    {
        var r = new BigInteger(rs[..32], isUnsigned: true, isBigEndian: true);
        var s = new BigInteger(rs[32..], isUnsigned: true, isBigEndian: true);
        s = s > HalfN ? N - s : s;
        foreach (var odd in (ReadOnlySpan<bool>)[false, true])
        {
            var signature = new Signature(r, s, odd);
            var recovered = Recover(hash, signature);
            if (recovered.X.AsSpan().SequenceEqual(key.X) && recovered.Y.AsSpan().SequenceEqual(key.Y))
            {
                return signature;
            }
        }

        return null;
    }

    /// <summary>The account of a public key: the last 20 bytes of the Keccak-256 of its coordinates.</summary>
    public static Address AddressOf(ECPoint key)
    {
        Span<byte> both = stackalloc byte[64];
        key.X.CopyTo(both);
        key.Y.CopyTo(both[32..]);
        Span<byte> hash = stackalloc byte[Hash32.Size];
        Keccak256.Hash(both, hash);
        return new Address(hash[12..]);
    }

    // a A + b B, both at once from the highest bit (Straus).
    private static Point Combine(BigInteger a, Point first, BigInteger b, Point second)
    {
        var both = Add(first, second);
        var sum = Point.Infinity;
        for (var bit = (int)long.Max(a.GetBitLength(), b.GetBitLength()) - 1; bit >= 0; bit--)
        {
            sum = Double(sum);
            sum = (IsSet(a, bit), IsSet(b, bit)) switch
            {
                (true, true) => Add(sum, both),
                (true, false) => Add(sum, first),
                (false, true) => Add(sum, second),
                _ => sum,
            };
        }

        return sum;
    }

    private static bool IsSet(BigInteger number, int bit) => !((number >> bit) & BigInteger.One).IsZero;

    // Jacobian coordinates (X/Z², Y/Z³); formulas dbl-2009-l and add-2007-bl of the Explicit-Formulas Database.
    private static Point Double(Point p)
    {
        if (p.Z.IsZero)
        {
            return p;
        }

        var a = Mod(p.X * p.X);
        var b = Mod(p.Y * p.Y);
        var c = Mod(b * b);
        var d = Mod(((p.X + b) * (p.X + b)) - a - c) << 1;
        var e = 3 * a;
        var x = Mod((e * e) - (d << 1));
        return new Point(x, Mod((e * (d - x)) - (c << 3)), Mod((p.Y * p.Z) << 1));
    }

    private static Point Add(Point p, Point q)
    {
        if (p.Z.IsZero || q.Z.IsZero)
        {
            return p.Z.IsZero ? q : p;
        }

        var z1 = Mod(p.Z * p.Z);
        var z2 = Mod(q.Z * q.Z);
        var u1 = Mod(p.X * z2);
        var u2 = Mod(q.X * z1);
        var s1 = Mod(p.Y * q.Z * z2);
        var s2 = Mod(q.Y * p.Z * z1);
        if (u1 == u2)
        {
            return s1 == s2 ? Double(p) : Point.Infinity;
        }

        var h = u2 - u1;
        var i = Mod((h * h) << 2);
        var j = Mod(h * i);
        var r = (s2 - s1) << 1;
        var v = Mod(u1 * i);
        var x = Mod((r * r) - j - (v << 1));
        return new Point(x, Mod((r * (v - x)) - ((s1 * j) << 1)), Mod(((p.Z * q.Z) << 1) * h));
    }

    private static ECPoint Affine(Point p)
    {
        var inverse = BigInteger.ModPow(p.Z, P - 2, P);
        var square = Mod(inverse * inverse);
        return new ECPoint { X = Bytes(Mod(p.X * square)), Y = Bytes(Mod(p.Y * square * inverse)) };
    }

    private static BigInteger Mod(BigInteger value)
    {
        var rest = BigInteger.Remainder(value, P);
        return rest.Sign < 0 ? rest + P : rest;
    }

    private static byte[] Bytes(BigInteger value)
    {
        var bytes = new byte[32];
        value.TryWriteBytes(bytes.AsSpan(32 - value.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        return bytes;
    }

    private static BigInteger Number(string digits) => new(Convert.FromHexString(digits), isUnsigned: true, isBigEndian: true);

    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z)
    {
        public static Point Infinity => new(BigInteger.One, BigInteger.One, BigInteger.Zero);
    }
}
