using System.Text.Json;
using System.Text.Json.Serialization;
using Mechanisms.Trifork;

namespace Workers.Encryption.Datasets.Publishing;

/// <summary>What a dataset's token says about it: docs/dataset-metadata.md.</summary>
internal static class DatasetMetadata
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The same bytes for the same dataset, whenever they are written.</summary>
    /// <param name="publicAddress">Where downloads are served; null for nowhere.</param>
    public static byte[] Write(DatasetDraft draft, MixPlan plan, string? publicAddress) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            draft.Name,
            draft.Description,
            Properties = new
            {
                File = draft.FileName,
                draft.Format,
                plan.Units,
                Bytes = plan.Length,
                draft.Tags,
                Delivery = publicAddress,
            },
        },
        Json);
}
