using LocationService;
using Workers.ChainListener;
using Workers.Hosting;

var builder = Worker.CreateBuilder(args);
builder.AddChainListener();
builder.AddLocationService();
await builder.RunWorkerAsync();
