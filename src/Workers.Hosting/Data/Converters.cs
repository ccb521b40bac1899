using System.Globalization;
using System.Numerics;
using Ethereum;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Workers.Hosting.Data;

/// <summary>
/// Moments as UTC in whole microseconds: what PostgreSQL keeps, and a form that SQLite compares and sorts as text.
/// </summary>
internal sealed class MomentConverter() : ValueConverter<DateTimeOffset, DateTime>(
    moment => new DateTime(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc),
    stored => new DateTimeOffset(DateTime.SpecifyKind(stored, DateTimeKind.Utc)));

/// <summary>An address as lower-case 0x hex.</summary>
internal sealed class AddressConverter() : ValueConverter<Address, string>(
    address => address.ToString(),
    text => Address.Parse(text));

/// <summary>A hash as lower-case 0x hex.</summary>
internal sealed class Hash32Converter() : ValueConverter<Hash32, string>(
    hash => hash.ToString(),
    text => Hash32.Parse(text));

/// <summary>A number up to 2^256 as 78 decimal digits with leading zeros, which sort as the numbers do. Not for negative ones.</summary>
internal sealed class BigIntegerConverter() : ValueConverter<BigInteger, string>(
    number => number.ToString("D78", CultureInfo.InvariantCulture),
    text => BigInteger.Parse(text, CultureInfo.InvariantCulture));
