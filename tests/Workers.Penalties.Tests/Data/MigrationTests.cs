using Testing;

[assembly: AssemblyFixture(typeof(RealServers))]

namespace Workers.Penalties.Tests.Data;

public sealed class MigrationTests(RealServers servers) : MigrationCheck<PenaltiesDb>(servers, "penalties", options => new PenaltiesDb(options, TimeProvider.System));
