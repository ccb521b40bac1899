using Workers.Dashboard;
using Workers.Hosting;

var builder = Worker.CreateBuilder(args);
builder.AddDashboard();
await builder.RunWorkerAsync();
