using Workers.Encryption;
using Workers.Hosting;

var builder = Worker.CreateBuilder(args);
builder.AddEncryption();
await builder.RunWorkerAsync();
