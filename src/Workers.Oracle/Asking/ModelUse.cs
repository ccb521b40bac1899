using System.Buffers.Binary;
using System.Security.Cryptography;
using Mechanisms.Mobility;
using Mechanisms.PrivacyGame.Models;
using Workers.Oracle.Terms;

namespace Workers.Oracle.Asking;

/// <summary>A query before or after its disguise.</summary>
/// <param name="Member">Who asks; lower-case 0x hex.</param>
/// <param name="Cell">About which cell, from 0.</param>
/// <param name="Latitude">Of the cell's centre, in degrees, as <paramref name="Longitude"/>.</param>
public sealed record GroupQuery(string Member, int Cell, double Latitude, double Longitude);

/// <summary>Uses a delivered model.</summary>
public static class ModelUse
{
    /// <summary>Draws what is sent in place of a query, and by whom.</summary>
    /// <param name="now">After its expiry a model is not used: the members' habits have changed.</param>
    /// <exception cref="ModelOrderException">The model has expired or is of another size than the order, or the query is none of its area or group.</exception>
    public static GroupQuery Draw(byte[] model, GameTerms terms, string member, Position place, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var read = PrivacyModelFile.Read(model);
        if (now > read.Terms.Expires)
        {
            throw new ModelOrderException($"The model expired at {read.Terms.Expires:u}. Order a new one.");
        }

        var index = terms.Members.Select(m => m.Account).ToList().IndexOf(member);
        var cells = terms.Cells();
        if (read.Members != terms.Members.Length || read.Cells != cells.Count)
        {
            throw new ModelOrderException($"The model is for {read.Members} members in {read.Cells} cells; the order was for {terms.Members.Length} in {cells.Count}.");
        }

        if (index < 0 || cells.CellOf(place) is not { } cell)
        {
            throw new ModelOrderException(index < 0 ? $"{member} is no member of this group." : "The place lies outside the group's area.");
        }

        var drawn = read.Draw((index * cells.Count) + cell, Uniform);
        var centre = cells.CentreOf(drawn % cells.Count);
        return new GroupQuery(terms.Members[drawn / cells.Count].Account, drawn % cells.Count, centre.Latitude, centre.Longitude);
    }

    private static uint Uniform()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
