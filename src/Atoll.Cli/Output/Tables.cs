using Spectre.Console;

namespace Atoll.Cli.Output;

/// <summary>Plain columns under upper-case headings: what is on a screen can also be cut by a script.</summary>
internal static class Tables
{
    public static Table WithColumns(params ReadOnlySpan<string> headings)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (var heading in headings) table.AddColumn(new TableColumn(new Text(heading)) { NoWrap = true, Padding = new Padding(0, 0, 3, 0) });
        return table;
    }

    public static void Row(this Table table, params ReadOnlySpan<string> cells)
    {
        var row = new List<Text>();
        foreach (var cell in cells) row.Add(new Text(Safe.Line(cell)));
        table.AddRow(row);
    }

    /// <summary>A row whose first cell has a colour (shown on terminals only).</summary>
    public static void Row(this Table table, Color colour, params ReadOnlySpan<string> cells)
    {
        var row = new List<Text>();
        foreach (var cell in cells) row.Add(new Text(Safe.Line(cell), row.Count == 0 ? new Style(colour) : Style.Plain));
        table.AddRow(row);
    }
}
