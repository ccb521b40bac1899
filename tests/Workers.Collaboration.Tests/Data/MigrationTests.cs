using Testing;

[assembly: AssemblyFixture(typeof(RealServers))]

namespace Workers.Collaboration.Tests.Data;

public sealed class MigrationTests(RealServers servers) : MigrationCheck<CollaborationDb>(servers, "collaboration", options => new CollaborationDb(options, TimeProvider.System));
