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
}
