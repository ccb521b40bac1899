namespace Mechanisms.Learning.Numerics;

/// <summary>Runs independent pieces of work on a few threads.</summary>
internal static class Workers
{
    /// <summary>Calls a body for 0, 1, … in any order and on any of the threads.</summary>
    /// <param name="tasks">How many calls.</param>
    /// <param name="worthThreads">For how many threads there is enough work.</param>
    /// <param name="threads">How many threads are allowed, the caller's included.</param>
    /// <param name="body">Writes only what no other call reads or writes.</param>
    public static void For(int tasks, long worthThreads, int threads, Action<int> body)
    {
        var used = (int)Math.Min(Math.Min(tasks, threads), worthThreads);
        if (used <= 1)
        {
            for (var task = 0; task < tasks; task++)
            {
                body(task);
            }

            return;
        }

        Parallel.For(0, tasks, new ParallelOptions { MaxDegreeOfParallelism = used }, body);
    }
}
