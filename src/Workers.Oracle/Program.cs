using Workers.Hosting;
using Workers.Oracle;

var builder = Worker.CreateBuilder(args);
builder.AddOracle();
await builder.RunWorkerAsync();
