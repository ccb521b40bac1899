using ContentStore;
using Ethereum;
using Microsoft.Extensions.Options;
using Workers.Collaboration.Zones;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;

namespace Workers.Collaboration.Standings;

/// <summary>Fetches an attestation's document and checks it against the root.</summary>
public sealed class FetchStandingsHandler(CollaborationDb db, IContentStore content, IOptions<ZoneOptions> options) : IHandler<FetchStandings>
{
    /// <inheritdoc/>
    public async Task HandleAsync(FetchStandings message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await db.Attestations.FindAsync([Hash32.Parse(message.Root)], cancellationToken) is not { Number: > 0, Document: null, Problem: null } row)
        {
            return;
        }

        try
        {
            var bytes = await content.ReadAllAsync(new Cid(CidCodec.Raw, row.Content.ToArray()), StandingsDocument.MaxBytes, cancellationToken);
            var standings = bytes is null ? throw new FormatException("It is too long, or no raw block.") : StandingsDocument.Read(bytes);
            if (standings.Standings.Count != row.Members || standings.Root != row.Root)
            {
                throw new FormatException("It does not have the attested root.");
            }

            row.Document = bytes;
        }
        catch (FormatException e)
        {
            row.Problem = $"What lies under the attested hash is not the standings. {e.Message}";
        }
        catch (ContentStoreException e)
        {
            throw new TooEarlyException($"{e.Message} The standings {row.Root} are asked for again", options.Value.FetchInterval);
        }
    }
}
