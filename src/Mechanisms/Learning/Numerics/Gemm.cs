using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mechanisms.Learning.Numerics;

/// <summary>
/// Matrix products in single precision: packed panels and register tiles (Goto and van de Geijn, ACM TOMS 34(3),
/// 2008). Threads share the output's tiles, never a sum.
/// </summary>
internal static class Gemm
{
    /// <summary>Depths that are packed at a time: 32 columns of them take 64 KiB.</summary>
    private const int DepthBlock = 512;

    /// <summary>Rows that one task works on, so that its unfinished tiles stay in the first-level cache.</summary>
    private const int PanelsPerTask = 16;

    /// <summary>Multiply-adds below which a second thread costs more than it saves.</summary>
    private const long WorkPerThread = 1 << 18;

    [ThreadStatic]
    private static Scratch? scratch;

    /// <summary>A · B.</summary>
    /// <param name="a">The left factor.</param>
    /// <param name="b">The right factor; its depth is the left factor's.</param>
    /// <param name="products">Takes every tile of the product once.</param>
    /// <param name="threads">How many threads may work; the result does not depend on it.</param>
    public static void Multiply<TColumns, TProducts>(PackedRows a, TColumns b, TProducts products, int threads)
        where TColumns : struct, IColumns
        where TProducts : struct, IProducts
    {
        var rowTasks = (a.Panels + PanelsPerTask - 1) / PanelsPerTask;
        var columnPanels = (b.Count + Tile.Columns - 1) / Tile.Columns;
        var tasks = rowTasks * columnPanels;
        Workers.For(tasks, (long)a.Rows * a.Depth * b.Count / WorkPerThread, threads, task =>
        {
            var panel = task % rowTasks * PanelsPerTask;
            Run(a, b, products, panel, Math.Min(PanelsPerTask, a.Panels - panel), task / rowTasks * Tile.Columns);
        });
    }

    private static void Run<TColumns, TProducts>(PackedRows a, TColumns b, TProducts products, int firstPanel, int panels, int column)
        where TColumns : struct, IColumns
        where TProducts : struct, IProducts
    {
        const int TileSize = Tile.Rows * Tile.Columns;
        var memory = scratch ??= new Scratch();
        var columns = Math.Min(Tile.Columns, b.Count - column);
        var tiles = memory.Tiles[..(panels * TileSize)];
        if (a.Depth == 0)
        {
            tiles.Clear();
        }

        for (var depth = 0; depth < a.Depth; depth += DepthBlock)
        {
            var depths = Math.Min(DepthBlock, a.Depth - depth);
            b.Pack(column, columns, depth, depths, memory.Panel);
            for (var panel = 0; panel < panels; panel++)
            {
                ref var left = ref a.Data[((firstPanel + panel) * a.Depth * Tile.Rows) + (depth * Tile.Rows)];
                Tile.MultiplyAdd(ref left, ref MemoryMarshal.GetReference(memory.Panel), depths, ref tiles[panel * TileSize], first: depth == 0);
            }
        }

        for (var panel = 0; panel < panels; panel++)
        {
            var row = (firstPanel + panel) * Tile.Rows;
            products.Store(tiles.Slice(panel * TileSize, TileSize), row, Math.Min(Tile.Rows, a.Rows - row), column, columns);
        }
    }

    /// <summary>A thread's memory for one panel of columns and a task's tiles, on cache lines of their own.</summary>
    private sealed class Scratch
    {
        private const int Line = 16;
        private const int PanelSize = (DepthBlock + 1) * Tile.Columns;
        private const int TilesSize = PanelsPerTask * Tile.Rows * Tile.Columns;
        private readonly float[] memory = GC.AllocateArray<float>(PanelSize + TilesSize + Line, pinned: true);
        private readonly int start;

        public Scratch() => start = (int)((64 - (Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0) & 63)) & 63) / sizeof(float);

        public Span<float> Panel => memory.AsSpan(start, PanelSize);

        public Span<float> Tiles => memory.AsSpan(start + PanelSize, TilesSize);
    }
}
