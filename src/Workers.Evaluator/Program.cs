using Workers.Evaluator;
using Workers.Hosting;

var builder = Worker.CreateBuilder(args);
builder.AddEvaluator();
await builder.RunWorkerAsync();
