using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Mechanisms.Mobility;

namespace Mechanisms.PrivacyGame.Models;

/// <summary>A query before or after its disguise.</summary>
/// <param name="Member">Who asks; its account as the group writes it.</param>
/// <param name="Cell">About which cell, from 0.</param>
/// <param name="Latitude">Of the cell's centre, in degrees, as <paramref name="Longitude"/>.</param>
public sealed record GroupQuery(string Member, int Cell, double Latitude, double Longitude);

/// <summary>A query that no model disguises; the message says why.</summary>
public sealed class ModelUseException(string message) : Exception(message);

/// <summary>A model with the members and the area that its states are about: o = (member, cell).</summary>
public sealed class GroupModel
{
    private readonly PrivacyModel _model;
    private readonly ImmutableArray<string> _members;
    private readonly ICells _cells;

    /// <param name="members">Their accounts, in the model's order.</param>
    /// <exception cref="ModelUseException">The model is of another size, or a member is named twice.</exception>
    public GroupModel(PrivacyModel model, ImmutableArray<string> members, ICells cells)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(cells);
        if (model.Members != members.Length || model.Cells != cells.Count)
        {
            throw new ModelUseException($"The model is for {model.Members} members in {model.Cells} cells; the group has {members.Length} in {cells.Count}.");
        }

        if (members.Distinct(StringComparer.Ordinal).Count() != members.Length)
        {
            throw new ModelUseException("A member is named twice.");
        }

        (_model, _members, _cells) = (model, members, cells);
    }

    /// <summary>The last moment at which it may be used: later, the members' habits have changed.</summary>
    public DateTimeOffset Expires => _model.Terms.Expires;

    /// <summary>Draws who sends what in place of a query (p1 and p2 of Eqs. 1 to 4).</summary>
    /// <exception cref="ModelUseException">The model has expired, or the query is none of its group or area.</exception>
    public GroupQuery Draw(string member, Position place, DateTimeOffset now)
    {
        if (now > Expires)
        {
            throw new ModelUseException($"The model expired at {Expires:u}. Order a new one.");
        }

        var index = _members.IndexOf(member);
        if (index < 0 || _cells.CellOf(place) is not { } cell)
        {
            throw new ModelUseException(index < 0 ? $"{member} is no member of this group." : "The place lies outside the group's area.");
        }

        var drawn = _model.Draw((index * _cells.Count) + cell, Uniform);
        var centre = _cells.CentreOf(drawn % _cells.Count);
        return new GroupQuery(_members[drawn / _cells.Count], drawn % _cells.Count, centre.Latitude, centre.Longitude);
    }

    private static uint Uniform()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
