using Testing;

[assembly: AssemblyFixture(typeof(RealServers))]

namespace Workers.Oracle.Tests.Data;

public sealed class MigrationTests(RealServers servers) : MigrationCheck<OracleDb>(servers, "oracle", options => new OracleDb(options, TimeProvider.System));
