namespace Mechanisms.Datasets;

/// <summary>A file of data that is not what its format says. Nothing of it was taken.</summary>
public sealed class DatasetFileException : Exception
{
    /// <param name="file">The file's name, as the message names it.</param>
    /// <param name="offset">Where in it, in bytes from its start.</param>
    /// <param name="reason">What is wrong there.</param>
    public DatasetFileException(string file, long offset, string reason)
        : base($"{file}, byte {offset}: {reason}")
    {
        File = file;
        Offset = offset;
    }

    /// <summary>The file's name.</summary>
    public string File { get; }

    /// <summary>Bytes from the file's start.</summary>
    public long Offset { get; }
}
