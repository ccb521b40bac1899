using Workers.ChainListener;
using Workers.Hosting;

var builder = Worker.CreateBuilder(args);
builder.AddChainListener();
return await builder.RunWorkerAsync();
