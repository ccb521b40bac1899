using ContentStore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Encryption.Pseudonyms;
using Workers.Encryption.Spaces;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Applications;

/// <summary>The owner's part: fetch a package by its CID and make one space and one key per tag.</summary>
public sealed class InstallApplication(
    EncryptionDb db,
    IContentStore content,
    PseudonymRegistry pseudonyms,
    OpenPeriods periods,
    IOptions<EncryptionOptions> options,
    TimeProvider clock)
{
    /// <summary>Installs the package; an installed one is left as it is.</summary>
    /// <exception cref="ApplicationPackageException">The package is refused; the message says what is wrong with it.</exception>
    /// <exception cref="ContentStoreException">The package cannot be had.</exception>
    public async Task<ApplicationRow> RunAsync(Cid cid, CancellationToken cancellationToken)
    {
        var applicationId = SealIdentity.ApplicationId(cid.ToArray()).ToString();
        if (await db.Applications.FindAsync([applicationId], cancellationToken) is { } installed)
        {
            return installed;
        }

        await using var stream = await content.OpenAsync(cid, PackedApplication.MaxPackageBytes, cancellationToken);
        var package = (await PackageStream.ReadAsync(stream, cancellationToken)).Package;

        if (package.Provider is { } provider)
        {
            await CheckProviderAsync(applicationId, provider.ToString(), cancellationToken);
        }

        var application = new ApplicationRow
        {
            ApplicationId = applicationId,
            Cid = cid.ToString(),
            Name = package.Name,
            InstalledAt = clock.GetUtcNow(),
        };
        db.Applications.Add(application);
        var pseudonym = await pseudonyms.CreateAsync(applicationId, cancellationToken);
        foreach (var tag in package.Tags)
        {
            var space = new SpaceRow
            {
                Id = Guid.NewGuid(),
                ApplicationId = applicationId,
                Tag = tag.Tag,
                Description = tag.Description,
                Folder = options.Value.SpaceFolder(applicationId, tag.Tag),
            };
            Directory.CreateDirectory(space.Folder);
            db.Spaces.Add(space);
            periods.Begin(space, pseudonym.Address, number: 0);
        }

        await db.SaveChangesAsync(cancellationToken);
        return application;
    }

    /// <summary>The chain cannot see who made a package: whoever commissions its CID first is its provider there.</summary>
    private async Task CheckProviderAsync(string applicationId, string provider, CancellationToken cancellationToken)
    {
        var listed = await db.ListedApplications.AsNoTracking().FirstOrDefaultAsync(a => a.ApplicationId == applicationId, cancellationToken)
            ?? throw new ApplicationPackageException($"The package names {provider} as its provider, who has not commissioned it yet (or the listener has not seen it). Install it again later.");
        if (listed.Provider != provider)
        {
            throw new ApplicationPackageException($"The package names {provider} as its provider, but {listed.Provider} commissioned it. Do not install it.");
        }
    }
}
