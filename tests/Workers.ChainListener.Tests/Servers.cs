using Testing;

[assembly: AssemblyFixture(typeof(RealServers))]
