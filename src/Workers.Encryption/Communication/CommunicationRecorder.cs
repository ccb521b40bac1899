using Ethereum;
using Ethereum.Contracts;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;

namespace Workers.Encryption.Communication;

/// <summary>Records on chain what an application sends out or fetches, in the pseudonym's name. The caller commits.</summary>
public sealed class CommunicationRecorder(EncryptionDb db, IOptions<ChainOptions> chain, TimeProvider clock)
{
    /// <param name="id">Of the communication: recording it twice is one record.</param>
    /// <param name="contentHash">SHA-256 of what was sent or fetched.</param>
    public async Task RecordAsync(
        Guid id, string applicationId, Address pseudonym, CommunicationKind kind, Hash32 contentHash, CancellationToken cancellationToken)
    {
        if (await db.Communications.FindAsync([id], cancellationToken) is not null)
        {
            return;
        }

        db.Communications.Add(new CommunicationRow
        {
            Id = id,
            ApplicationId = applicationId,
            Pseudonym = pseudonym.ToString(),
            Kind = kind,
            ContentHash = contentHash.ToString(),
            At = clock.GetUtcNow(),
        });
        var call = new CommunicationLog.RecordCall(Hash32.Parse(applicationId), (byte)kind, contentHash);
        await db.SubmitAsync($"communication/{id}", pseudonym, chain.Value.Contract("CommunicationLog"), call.Encode(), cancellationToken);
    }
}
