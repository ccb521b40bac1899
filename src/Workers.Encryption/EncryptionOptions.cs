using System.ComponentModel.DataAnnotations;

namespace Workers.Encryption;

/// <summary>Where the worker keeps files and when it looks. Section <c>Encryption</c>.</summary>
public sealed class EncryptionOptions
{
    /// <summary>Root of spaces, staged blobs and purchases. Default <c>data</c>.</summary>
    [Required]
    public string DataDirectory { get; set; } = "data";

    /// <summary>
    /// Folders outside the data directory that serve as spaces, as <c>tag → path</c>, for tags of any installed application.
    /// Files in them are read, and never removed unless <c>Sealing:RemoveAfterUpload</c> is set.
    /// </summary>
    public Dictionary<string, string> Spaces { get; set; } = [];

    /// <summary>Where files of an application's tag arrive by default.</summary>
    public string SpaceFolder(string applicationId, string tag) =>
        Path.GetFullPath(Spaces.TryGetValue(tag, out var folder) ? folder : Path.Combine(DataDirectory, "spaces", applicationId[..18], tag));

    /// <summary>A period's blob between sealing and the final record.</summary>
    public string StagedBlob(Guid periodId) => Path.GetFullPath(Path.Combine(DataDirectory, "staging", $"{periodId:N}.sealed"));

    /// <summary>Where blobs are opened before anybody may see their files.</summary>
    public string OpeningFolder => Path.GetFullPath(Path.Combine(DataDirectory, "opening"));

    /// <summary>The files of a purchase.</summary>
    public string PurchaseFolder(Guid purchaseId) => Path.GetFullPath(Path.Combine(DataDirectory, "purchases", $"{purchaseId:N}"));

    /// <summary>A dataset's upload and blob until its token is final.</summary>
    public string DatasetFolder(Guid datasetId) => Path.GetFullPath(Path.Combine(DataDirectory, "datasets", $"{datasetId:N}"));

    /// <summary>A delivery of a dataset, sealed to its requester.</summary>
    public string DeliveryFile(long requestId) => Path.GetFullPath(Path.Combine(DataDirectory, "deliveries", $"{requestId}.sealed"));

    /// <summary>A dataset that this house asked for.</summary>
    public string ReceivedFolder(long requestId) => Path.GetFullPath(Path.Combine(DataDirectory, "received", $"{requestId}"));
}
