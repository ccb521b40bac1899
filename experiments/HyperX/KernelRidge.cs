using System.Numerics.Tensors;
using Mechanisms.Learning;
using Tensor = Mechanisms.Learning.Tensor;

namespace Experiments.HyperX;

/// <summary>
/// Reads images back from features: kernel ridge regression (Saunders, Gammerman and Vovk, ICML 1998), which has one best answer and no
/// training that could go wrong. Kernel and penalty are the ones that do best on a quarter of the pairs that is held out.
/// </summary>
internal sealed class KernelRidge
{
    private static readonly double[] Penalties = [1e-6, 1e-4, 1e-2];

    private readonly double[][] known;
    private readonly Func<double[], double[], double> kernel;
    private readonly double[][] weights;
    private readonly double[] mean;

    private KernelRidge(double[][] rows, Tensor images, Func<double[], double[], double> kernel, double penalty)
    {
        (known, this.kernel) = (rows, kernel);
        var pixels = Rows(images);
        mean = [.. Enumerable.Range(0, pixels[0].Length).Select(p => pixels.Average(image => image[p]))];
        var gram = new double[rows.Length][];
        for (var i = 0; i < rows.Length; i++)
        {
            gram[i] = new double[i + 1];
            for (var j = 0; j <= i; j++)
            {
                gram[i][j] = kernel(rows[i], rows[j]);
            }
        }

        var scale = Enumerable.Range(0, rows.Length).Average(i => gram[i][i]);
        for (var i = 0; i < rows.Length; i++)
        {
            gram[i][i] += penalty * scale;
        }

        Factorise(gram);
        weights = [.. mean.Select((average, p) => Solve(gram, [.. pixels.Select(image => image[p] - average)]))];
    }

    /// <summary>Learns from features whose images are known.</summary>
    /// <param name="features">Samples first.</param>
    /// <param name="images">As many images.</param>
    public static KernelRidge Fit(Tensor features, Tensor images)
    {
        var rows = Rows(features);
        var known = rows.Length * 3 / 4;
        var held = images.Slice(known, rows.Length - known);
        var best =
            (from kernel in Kernels(rows)
             from penalty in Penalties
             let error = Error(new KernelRidge(rows[..known], images.Slice(0, known), kernel, penalty).Recover(rows[known..]), held)
             orderby error
             select (kernel, penalty)).First();
        return new KernelRidge(rows, images, best.kernel, best.penalty);
    }

    /// <summary>The images that features are most likely from, pixels cut to 0..1.</summary>
    public Tensor Recover(Tensor unknown) => Recover(Rows(unknown));

    /// <summary>Root of the mean squared difference between pixels.</summary>
    public static double Error(Tensor recovered, Tensor images)
    {
        var sum = 0.0;
        for (var i = 0; i < images.Values.Length; i++)
        {
            sum += Math.Pow((double)recovered.Values[i] - images.Values[i], 2);
        }

        return Math.Sqrt(sum / images.Values.Length);
    }

    private Tensor Recover(double[][] rows)
    {
        var images = new Tensor(new Shape(rows.Length, mean.Length));
        for (var i = 0; i < rows.Length; i++)
        {
            var likeness = known.Select(row => kernel(rows[i], row)).ToArray();
            for (var p = 0; p < mean.Length; p++)
            {
                images.Values[(i * mean.Length) + p] = (float)Math.Clamp(mean[p] + TensorPrimitives.Dot<double>(likeness, weights[p]), 0, 1);
            }
        }

        return images;
    }

    /// <summary>Linear, and Gaussian at three widths around the mean distance.</summary>
    private static IEnumerable<Func<double[], double[], double>> Kernels(double[][] rows)
    {
        // The 1 stands for a constant among the features.
        yield return (a, b) => 1 + TensorPrimitives.Dot<double>(a, b);
        var distance = Math.Max(1e-9, Enumerable.Range(0, rows.Length - 1).Average(i => Math.Pow(TensorPrimitives.Distance<double>(rows[i], rows[i + 1]), 2)));
        foreach (var width in (double[])[0.5, 2, 8])
        {
            yield return (a, b) => Math.Exp(-Math.Pow(TensorPrimitives.Distance<double>(a, b), 2) / (width * distance));
        }
    }

    private static double[][] Rows(Tensor tensor)
    {
        var length = tensor.Shape.Count / tensor.Shape[0];
        return [.. Enumerable.Range(0, tensor.Shape[0]).Select(i => (double[])[.. tensor.Values.Slice(i * length, length)])];
    }

    /// <summary>Cholesky's factors in place of the lower triangle.</summary>
    private static void Factorise(double[][] matrix)
    {
        for (var i = 0; i < matrix.Length; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var rest = matrix[i][j] - TensorPrimitives.Dot<double>(matrix[i].AsSpan(0, j), matrix[j].AsSpan(0, j));
                matrix[i][j] = i == j ? Math.Sqrt(rest) : rest / matrix[j][j];
            }
        }
    }

    private static double[] Solve(double[][] factors, double[] right)
    {
        for (var i = 0; i < right.Length; i++)
        {
            right[i] = (right[i] - TensorPrimitives.Dot<double>(factors[i].AsSpan(0, i), right.AsSpan(0, i))) / factors[i][i];
        }

        for (var i = right.Length - 1; i >= 0; i--)
        {
            right[i] /= factors[i][i];
            TensorPrimitives.MultiplyAdd(factors[i].AsSpan(0, i), -right[i], right.AsSpan(0, i), right.AsSpan(0, i));
        }

        return right;
    }
}
