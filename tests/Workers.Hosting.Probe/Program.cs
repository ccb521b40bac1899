using Workers.Hosting;
using Workers.Hosting.Probe;

var builder = Worker.CreateBuilder(args);
builder.AddProbe();
await builder.RunWorkerAsync();
