namespace Mechanisms.Mobility;

/// <summary>A file of places or movements that is not what its format says. Nothing of it was taken.</summary>
public sealed class MobilityFileException : Exception
{
    /// <param name="file">The file's name, as the message names it.</param>
    /// <param name="line">Which line, from 1.</param>
    /// <param name="reason">What is wrong there.</param>
    /// <param name="cause">The exception of the library that noticed it.</param>
    public MobilityFileException(string file, long line, string reason, Exception? cause = null)
        : base($"{file}, line {line}: {reason}", cause)
    {
        File = file;
        Line = line;
    }

    /// <summary>The file's name.</summary>
    public string File { get; }

    /// <summary>The line, from 1.</summary>
    public long Line { get; }
}
