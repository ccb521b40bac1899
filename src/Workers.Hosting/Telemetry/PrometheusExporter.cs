using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Workers.Hosting.Telemetry;

/// <summary>
/// The process's figures in the Prometheus text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/). Listens to the meters of this application's factory and to
/// the runtime's own, so that fleets that share a process are kept apart.
/// </summary>
internal sealed class PrometheusExporter : IDisposable
{
    /// <summary>More label sets than this of one instrument are counted as one named "other": labels are bounded whatever a module does.</summary>
    private const int MaximumSeries = 500;

    private static readonly double[] DefaultBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, Series>> _instruments = new();
    private readonly MeterListener _listener;

    public PrometheusExporter(IMeterFactory meters)
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, meters) || string.Equals(instrument.Meter.Name, "System.Runtime", StringComparison.Ordinal))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _listener.SetMeasurementEventCallback<byte>((i, v, t, _) => Record(i, v, t));
        _listener.SetMeasurementEventCallback<short>((i, v, t, _) => Record(i, v, t));
        _listener.SetMeasurementEventCallback<int>((i, v, t, _) => Record(i, v, t));
        _listener.SetMeasurementEventCallback<long>((i, v, t, _) => Record(i, v, t));
        _listener.SetMeasurementEventCallback<float>((i, v, t, _) => Record(i, v, t));
        _listener.SetMeasurementEventCallback<double>((i, v, t, _) => Record(i, v, t));
        _listener.SetMeasurementEventCallback<decimal>((i, v, t, _) => Record(i, (double)v, t));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var (instrument, series) in _instruments.OrderBy(i => i.Key.Name, StringComparer.Ordinal))
        {
            var kind = KindOf(instrument);
            var name = NameOf(instrument, kind);
            if (!string.IsNullOrEmpty(instrument.Description))
            {
                text.Append("# HELP ").Append(name).Append(' ').Append(Escape(instrument.Description, quotes: false)).Append('\n');
            }

            text.Append("# TYPE ").Append(name).Append(' ').Append(kind).Append('\n');
            foreach (var (labels, values) in series.OrderBy(s => s.Key, StringComparer.Ordinal))
            {
                values.Write(text, name, labels);
            }
        }

        return text.ToString();
    }

    private static string KindOf(Instrument instrument) => instrument.GetType().GetGenericTypeDefinition() switch
    {
        var t when t == typeof(Counter<>) || t == typeof(ObservableCounter<>) => "counter",
        var t when t == typeof(Histogram<>) => "histogram",
        _ => "gauge",
    };

    private static string NameOf(Instrument instrument, string kind)
    {
        var name = new StringBuilder(instrument.Name.Length + 10);
        foreach (var c in instrument.Name)
        {
            name.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        name.Append(instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => string.Empty });
        return name.Append(kind is "counter" ? "_total" : string.Empty).ToString();
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return string.Empty;
        }

        var parts = new List<string>(tags.Length);
        foreach (var (key, value) in tags)
        {
            var label = string.Concat(key.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
            parts.Add($"{label}=\"{Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty, quotes: true)}\"");
        }

        parts.Sort(StringComparer.Ordinal);
        return string.Join(',', parts);
    }

    private static string Escape(string text, bool quotes)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var all = _instruments.GetOrAdd(instrument, _ => new ConcurrentDictionary<string, Series>(StringComparer.Ordinal));
        var labels = Labels(tags);
        if (!all.TryGetValue(labels, out var series))
        {
            series = all.GetOrAdd(all.Count >= MaximumSeries ? "other=\"true\"" : labels, _ => Series.For(instrument));
        }

        series.Record(value);
    }

    private sealed class Series(bool adds, double[]? buckets)
    {
        private readonly Lock _lock = new();
        private readonly long[] _counts = new long[(buckets?.Length ?? 0) + 1];
        private double _value;

        public static Series For(Instrument instrument)
        {
            var type = instrument.GetType().GetGenericTypeDefinition();
            if (type == typeof(Histogram<>))
            {
                var advised = instrument switch
                {
                    Histogram<double> d => d.Advice?.HistogramBucketBoundaries?.ToArray(),
                    Histogram<long> l => l.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray(),
                    Histogram<int> i => i.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray(),
                    _ => null,
                };
                return new Series(adds: true, advised ?? DefaultBuckets);
            }

            return new Series(adds: type == typeof(Counter<>) || type == typeof(UpDownCounter<>), buckets: null);
        }

        public void Record(double value)
        {
            lock (_lock)
            {
                _value = adds ? _value + value : value;
                if (buckets is not null)
                {
                    var bucket = Array.BinarySearch(buckets, value);
                    _counts[bucket < 0 ? ~bucket : bucket]++;
                }
            }
        }

        public void Write(StringBuilder text, string name, string labels)
        {
            lock (_lock)
            {
                if (buckets is null)
                {
                    Line(text, name, labels, _value);
                    return;
                }

                var prefix = labels.Length == 0 ? string.Empty : labels + ",";
                var cumulative = 0L;
                for (var i = 0; i < _counts.Length; i++)
                {
                    cumulative += _counts[i];
                    var bound = i < buckets.Length ? buckets[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
                    Line(text, name + "_bucket", $"{prefix}le=\"{bound}\"", cumulative);
                }

                Line(text, name + "_sum", labels, _value);
                Line(text, name + "_count", labels, cumulative);
            }
        }

        private static void Line(StringBuilder text, string name, string labels, double value)
        {
            text.Append(name);
            if (labels.Length > 0)
            {
                text.Append('{').Append(labels).Append('}');
            }

            var shown = double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
            text.Append(' ').Append(shown).Append('\n');
        }
    }
}
