using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Mechanisms.PrivacyGame.Linear;

/// <summary>
/// The functions of Clp (COIN-OR linear programming, a simplex method; C interface of 1.17, Clp_C_Interface.h) that are called. Named by the soname, which the library's
/// package brings, not by the link that only its development package has. Infinity is <see cref="double.MaxValue"/>; indices are 32 bits wide.
/// </summary>
internal static unsafe partial class Clp
{
    public const string Library = "libClp.so.1", Package = "coinor-libclp1";

    private static readonly Lazy<bool> Loadable = new(() => NativeLibrary.TryLoad(Library, Assembly.GetExecutingAssembly(), searchPath: null, out _));

    public static bool IsAvailable => Loadable.Value;

    [LibraryImport(Library, EntryPoint = "Clp_newModel")]
    public static partial ClpHandle NewModel();

    [LibraryImport(Library, EntryPoint = "Clp_deleteModel")]
    public static partial void DeleteModel(nint model);

    [LibraryImport(Library, EntryPoint = "Clp_setLogLevel")]
    public static partial void SetLogLevel(ClpHandle model, int value);

    [LibraryImport(Library, EntryPoint = "Clp_setMaximumIterations")]
    public static partial void SetMaximumIterations(ClpHandle model, int value);

    [LibraryImport(Library, EntryPoint = "Clp_setMaximumSeconds")]
    public static partial void SetMaximumSeconds(ClpHandle model, double value);

    [LibraryImport(Library, EntryPoint = "Clp_resize")]
    public static partial void Resize(ClpHandle model, int rows, int columns);

    [LibraryImport(Library, EntryPoint = "Clp_addRows")]
    public static partial void AddRows(ClpHandle model, int number, ReadOnlySpan<double> lower, ReadOnlySpan<double> upper, ReadOnlySpan<int> starts, ReadOnlySpan<int> columns, ReadOnlySpan<double> elements);

    [LibraryImport(Library, EntryPoint = "Clp_addColumns")]
    public static partial void AddColumns(ClpHandle model, int number, ReadOnlySpan<double> lower, ReadOnlySpan<double> upper, ReadOnlySpan<double> objective, ReadOnlySpan<int> starts, ReadOnlySpan<int> rows, ReadOnlySpan<double> elements);

    [LibraryImport(Library, EntryPoint = "Clp_deleteRows")]
    public static partial void DeleteRows(ClpHandle model, int number, ReadOnlySpan<int> which);

    [LibraryImport(Library, EntryPoint = "Clp_deleteColumns")]
    public static partial void DeleteColumns(ClpHandle model, int number, ReadOnlySpan<int> which);

    [LibraryImport(Library, EntryPoint = "Clp_primal")]
    public static partial int Primal(ClpHandle model, int valuesPass);

    [LibraryImport(Library, EntryPoint = "Clp_dual")]
    public static partial int Dual(ClpHandle model, int valuesPass);

    [LibraryImport(Library, EntryPoint = "Clp_initialSolve")]
    public static partial int InitialSolve(ClpHandle model);

    [LibraryImport(Library, EntryPoint = "Clp_status")]
    public static partial int Status(ClpHandle model);

    [LibraryImport(Library, EntryPoint = "Clp_secondaryStatus")]
    public static partial int SecondaryStatus(ClpHandle model);

    [LibraryImport(Library, EntryPoint = "Clp_numberIterations")]
    public static partial int NumberIterations(ClpHandle model);

    [LibraryImport(Library, EntryPoint = "Clp_setNumberIterations")]
    public static partial void SetNumberIterations(ClpHandle model, int value);

    [LibraryImport(Library, EntryPoint = "Clp_objectiveValue")]
    public static partial double ObjectiveValue(ClpHandle model);

    [LibraryImport(Library, EntryPoint = "Clp_primalColumnSolution")]
    public static partial double* PrimalColumnSolution(ClpHandle model);

    [LibraryImport(Library, EntryPoint = "Clp_dualRowSolution")]
    public static partial double* DualRowSolution(ClpHandle model);
}

/// <summary>A model in Clp's memory.</summary>
internal sealed class ClpHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        Clp.DeleteModel(handle);
        return true;
    }
}
