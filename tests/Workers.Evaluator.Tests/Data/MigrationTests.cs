using Testing;

[assembly: AssemblyFixture(typeof(RealServers))]

namespace Workers.Evaluator.Tests.Data;

public sealed class MigrationTests(RealServers servers) : MigrationCheck<EvaluatorDb>(servers, "evaluator", options => new EvaluatorDb(options, TimeProvider.System));
