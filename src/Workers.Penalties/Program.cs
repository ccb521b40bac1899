using Workers.Hosting;
using Workers.Penalties;

var builder = Worker.CreateBuilder(args);
builder.AddPenalties();
await builder.RunWorkerAsync();
