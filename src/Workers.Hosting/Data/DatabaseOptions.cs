using System.ComponentModel.DataAnnotations;
using Workers.Hosting.Configuration;

namespace Workers.Hosting.Data;

/// <summary>Which database server keeps the workers' rows.</summary>
public enum DatabaseKind
{
    /// <summary>A file per worker in the data directory.</summary>
    Sqlite,

    /// <summary>A schema per worker.</summary>
    PostgreSql,
}

/// <summary>Section <c>Database</c>.</summary>
public sealed class DatabaseOptions : IValidatableObject
{
    /// <summary>Default: SQLite.</summary>
    public DatabaseKind Kind { get; set; } = DatabaseKind.Sqlite;

    /// <summary>Directory of the SQLite files; default: the data directory.</summary>
    public string? Directory { get; set; }

    /// <summary>Npgsql connection string; the schema is added by each worker.</summary>
    [Secret]
    public string? ConnectionString { get; set; }

    /// <summary>How long a worker that starts waits for its database before it gives up.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan StartUpPatience { get; set; } = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Kind == DatabaseKind.PostgreSql && string.IsNullOrWhiteSpace(ConnectionString))
        {
            yield return new ValidationResult(
                "is needed when Database:Kind is PostgreSql, e.g. Host=127.0.0.1;Database=market;Username=encryption;Password=…",
                [nameof(ConnectionString)]);
        }
    }
}
