using System.Text;
using Spectre.Console;

namespace Experiments.Charts;

/// <summary>A table of a report: a title, column heads and rows of text.</summary>
internal sealed record ReportTable(string Title, IReadOnlyList<string> Heads, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>The table as a section of a Markdown page.</summary>
    public string Markdown()
    {
        var text = new StringBuilder($"\n## {Title}\n\n");
        void Append(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
        Append(Heads);
        Append(Heads.Select((_, i) => i == 0 ? "---" : "---:"));
        foreach (var row in Rows)
        {
            Append(row);
        }

        return text.ToString();
    }

    /// <summary>The table for a terminal.</summary>
    public Table View()
    {
        var view = new Table { Title = new TableTitle(Markup.Escape(Title)), Border = TableBorder.Rounded };
        foreach (var head in Heads)
        {
            view.AddColumn(new TableColumn(Markup.Escape(head)) { Alignment = view.Columns.Count == 0 ? Justify.Left : Justify.Right });
        }

        foreach (var row in Rows)
        {
            view.AddRow([.. row.Select(Markup.Escape)]);
        }

        return view;
    }
}
