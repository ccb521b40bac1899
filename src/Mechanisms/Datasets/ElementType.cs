namespace Mechanisms.Datasets;

/// <summary>How a file stores a number.</summary>
public enum ElementType
{
    /// <summary>0 or 1, a byte.</summary>
    Bool,

    /// <summary>Unsigned, one byte.</summary>
    U8,

    /// <summary>Signed, one byte.</summary>
    I8,

    /// <summary>Unsigned, two bytes.</summary>
    U16,

    /// <summary>Signed, two bytes.</summary>
    I16,

    /// <summary>Signed, four bytes.</summary>
    I32,

    /// <summary>Signed, eight bytes.</summary>
    I64,

    /// <summary>IEEE 754 binary32.</summary>
    F32,

    /// <summary>IEEE 754 binary64.</summary>
    F64,
}
