using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Workers.ChainListener.Storage;

/// <summary>
/// Many rows into one table, inside the current transaction: COPY in binary form with PostgreSQL, one prepared statement
/// with SQLite. Entity Framework's own inserts are several times slower, and a backfill is nothing but inserts.
/// </summary>
internal static class BulkInsert
{
    /// <summary>Inserts the rows in their order; the database numbers keys that it generates in that order too.</summary>
    public static async Task InsertAsync<TRow>(this DbContext db, IEnumerable<TRow> rows, CancellationToken cancellationToken)
        where TRow : class
    {
        var transaction = db.Database.CurrentTransaction?.GetDbTransaction()
            ?? throw new InvalidOperationException("A bulk insert belongs to a transaction with what it goes with.");
        var entity = db.Model.FindEntityType(typeof(TRow))!;
        var columns = entity.GetProperties().Where(p => p.ValueGenerated != ValueGenerated.OnAdd).Select(p => new Column(p)).ToArray();
        if (db.Database.GetDbConnection() is NpgsqlConnection postgres)
        {
            await CopyAsync(postgres, entity.GetTableName()!, columns, rows, cancellationToken);
        }
        else
        {
            await PreparedAsync(transaction, entity.GetTableName()!, columns, rows, cancellationToken);
        }
    }

    private static string Names(Column[] columns) => string.Join(", ", columns.Select(c => $"\"{c.Name}\""));

    private static async Task CopyAsync<TRow>(NpgsqlConnection connection, string table, Column[] columns, IEnumerable<TRow> rows, CancellationToken cancellationToken)
        where TRow : class
    {
        await using var copy = await connection.BeginBinaryImportAsync($"COPY \"{table}\" ({Names(columns)}) FROM STDIN (FORMAT BINARY)", cancellationToken);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            foreach (var column in columns)
            {
                if (column.Value(row) is { } value)
                {
                    await copy.WriteAsync(value, column.Type, cancellationToken);
                }
                else
                {
                    await copy.WriteNullAsync(cancellationToken);
                }
            }
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task PreparedAsync<TRow>(DbTransaction transaction, string table, Column[] columns, IEnumerable<TRow> rows, CancellationToken cancellationToken)
        where TRow : class
    {
        await using var insert = transaction.Connection!.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = $"INSERT INTO \"{table}\" ({Names(columns)}) VALUES ({string.Join(", ", columns.Select((_, i) => $"$p{i}"))})";
        foreach (var (i, _) in columns.Index())
        {
            var parameter = insert.CreateParameter();
            parameter.ParameterName = $"$p{i}";
            insert.Parameters.Add(parameter);
        }

        foreach (var row in rows)
        {
            foreach (var (i, column) in columns.Index())
            {
                insert.Parameters[i].Value = column.Value(row) ?? DBNull.Value;
            }

            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>A mapped property as the provider stores it.</summary>
    private sealed class Column(IProperty property)
    {
        private readonly IClrPropertyGetter _getter = property.GetGetter();
        private readonly Func<object?, object?>? _convert = property.GetTypeMapping().Converter?.ConvertToProvider;

        public string Name { get; } = property.GetColumnName();

        /// <summary>The database's name of the type, as the model maps it.</summary>
        public string Type { get; } = property.GetRelationalTypeMapping().StoreType;

        public object? Value(object row)
        {
            var value = _getter.GetClrValue(row);
            return value is null || _convert is null ? value : _convert(value);
        }
    }
}
