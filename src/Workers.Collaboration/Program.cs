using Workers.Collaboration;
using Workers.Hosting;

var builder = Worker.CreateBuilder(args);
builder.AddCollaboration();
await builder.RunWorkerAsync();
