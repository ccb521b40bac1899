using Workers.Hosting.Data;

namespace Workers.Collaboration.Models;

/// <summary>Whom a model is for.</summary>
public enum ModelKind
{
    /// <summary>The members of a group, who ask for each other (CPGM).</summary>
    Group,

    /// <summary>This member alone (SUPG): all that is left to it while it is locked (paper 4, §4.2).</summary>
    Alone,
}

/// <summary>A model by which this member disguises what it asks, one of each kind.</summary>
public sealed class ModelRow : IVersioned
{
    public required ModelKind Kind { get; init; }

    /// <summary>Accounts in the model's order, separated by spaces.</summary>
    public required string Members { get; set; }

    /// <summary><see cref="Mechanisms.Mobility.AreaTerms"/> as JSON.</summary>
    public required byte[] Area { get; set; }

    /// <summary>The model's bytes, wrapped by the vault: whoever has them reads disguises better.</summary>
    public required byte[] Model { get; set; }

    public required DateTimeOffset Expires { get; set; }

    public int Version { get; set; }
}
