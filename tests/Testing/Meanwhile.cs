using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Testing;

/// <summary>Does something once, just before a command that reads a table.</summary>
internal sealed class Meanwhile(string reading, Func<Task> what) : DbCommandInterceptor
{
    private bool _done;

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        if (!_done && command.CommandText.Contains(reading, StringComparison.Ordinal))
        {
            _done = true;
            await what();
        }

        return result;
    }
}
