using Testing;

[assembly: AssemblyFixture(typeof(RealServers))]

namespace Workers.Dashboard.Tests.Data;

public sealed class MigrationTests(RealServers servers) : MigrationCheck<DashboardDb>(servers, "dashboard", options => new DashboardDb(options, TimeProvider.System));
