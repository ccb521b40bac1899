using Testing;

[assembly: AssemblyFixture(typeof(RealServers))]

namespace Workers.Encryption.Tests.Data;

public sealed class MigrationTests(RealServers servers) : MigrationCheck<EncryptionDb>(servers, "encryption", options => new EncryptionDb(options, TimeProvider.System));
