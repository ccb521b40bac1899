namespace ContentStore.Tests;

/// <summary>A directory of one test, removed at its end; and bytes to put into it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public TemporaryDirectory() => Path = Directory.CreateTempSubdirectory("content-").FullName;

    public string Path { get; }

    /// <summary>Bytes that differ from leaf to leaf and are the same in every run.</summary>
    public static byte[] Bytes(int size, int seed = 1)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public string NewFile(byte[] content)
    {
        var path = System.IO.Path.Combine(Path, Guid.NewGuid().ToString("n"));
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
