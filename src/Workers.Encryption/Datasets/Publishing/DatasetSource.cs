using Microsoft.Extensions.Options;

namespace Workers.Encryption.Datasets.Publishing;

/// <summary>Where a dataset's bytes are on this machine.</summary>
public sealed class DatasetSource(IOptions<EncryptionOptions> encryption, IOptions<DatasetOptions> options)
{
    /// <summary>The uploaded file, which may not be whole yet.</summary>
    public string Upload(Guid dataset) => Path.Combine(encryption.Value.DatasetFolder(dataset), "upload");

    /// <summary>The mixed and sealed blob until the token is final.</summary>
    public string Blob(Guid dataset) => Path.Combine(encryption.Value.DatasetFolder(dataset), "blob.sealed");

    /// <summary>Takes away what only publishing needed; a source that is not ours stays.</summary>
    public void Remove(Guid dataset)
    {
        var folder = encryption.Value.DatasetFolder(dataset);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The file to read: the upload, the source, or a tar file of the source's folder, which is made now.</summary>
    /// <exception cref="DatasetSourceException">It is not there, is too long, or is no file that can be published so.</exception>
    internal async Task<string> PrepareAsync(Guid dataset, DatasetDraft draft, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(encryption.Value.DatasetFolder(dataset));
        var path = draft.Source is { } source ? await PrepareAsync(dataset, source, draft.Format, cancellationToken) : Upload(dataset);
        if (new FileInfo(path) is not { Exists: true } file)
        {
            throw new DatasetSourceException("Nothing was uploaded yet.");
        }

        return file.Length <= options.Value.MaxBytes
            ? path
            : throw new DatasetSourceException($"The dataset has {file.Length} bytes; Datasets:MaxBytes allows {options.Value.MaxBytes}.");
    }

    private async Task<string> PrepareAsync(Guid dataset, string source, string format, CancellationToken cancellationToken)
    {
        var path = Path.Combine(
            options.Value.SourceFolder ?? throw new DatasetSourceException("This worker takes uploads only: Datasets:SourceFolder is not set."), source);
        if (new FileInfo(path) is { Exists: true } file)
        {
            return file.LinkTarget is null ? path : throw new DatasetSourceException($"'{source}' is a link. Put the file itself there.");
        }

        if (new DirectoryInfo(path) is not { Exists: true, LinkTarget: null })
        {
            throw new DatasetSourceException($"There is no '{source}' in Datasets:SourceFolder.");
        }

        if (format != "blocks")
        {
            throw new DatasetSourceException("A folder becomes a tar file, which can only be published as blocks.");
        }

        var archive = Path.Combine(encryption.Value.DatasetFolder(dataset), "source.tar");
        await FolderArchive.WriteAsync(path, archive, cancellationToken);
        return archive;
    }
}
