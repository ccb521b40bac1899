namespace Mechanisms.Learning.Onnx;

/// <summary>
/// A model that cannot be read or run: malformed, contradictory, beyond the limits, or outside the supported part of
/// ONNX. The message names the node, operator or tensor and says why; it quotes no more than 64 characters of a name.
/// </summary>
public sealed class OnnxException : Exception
{
    /// <summary>With a sentence for the operator.</summary>
    public OnnxException(string message)
        : base(message)
    {
    }

    /// <summary>With a sentence and its cause.</summary>
    public OnnxException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a sentence.</summary>
    public OnnxException()
    {
    }

    /// <summary>A name from a model as it may be printed: control characters replaced, shortened.</summary>
    internal static string Quote(string name)
    {
        var text = name.Length > 64 ? $"{name[..61]}..." : name;
        return $"'{string.Concat(text.Select(c => char.IsControl(c) ? '?' : c))}'";
    }
}
