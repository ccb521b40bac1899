using RatingAgency;
using Workers.Hosting;

var builder = Worker.CreateBuilder(args);
builder.AddRatingAgency();
await builder.RunWorkerAsync();
