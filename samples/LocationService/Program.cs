using LocationService;
using Workers.Hosting;

var builder = Worker.CreateBuilder(args);
builder.AddLocationService();
await builder.RunWorkerAsync();
