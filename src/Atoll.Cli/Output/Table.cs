using System.Text;

namespace Atoll.Cli.Output;

/// <summary>
/// Plain columns under upper-case headings: what is on a screen can also be cut by a script. Rows are never wrapped or cut to the terminal's width,
/// so that an id can always be copied whole.
/// </summary>
internal sealed class Table(params string[] headings)
{
    private const int Gap = 3;

    private readonly List<(string[] Cells, Colour Colour)> _rows = [];

    public bool IsEmpty => _rows.Count == 0;

    public void Row(params string[] cells) => Row(Colour.None, cells);

    /// <param name="colour">Of the first cell, on terminals only.</param>
    public void Row(Colour colour, params string[] cells) => _rows.Add(([.. cells.Select(Safe.Line)], colour));

    public string Draw(bool colours)
    {
        var widths = Enumerable.Range(0, headings.Length).Select(column => _rows.Select(row => row.Cells[column].Length).Append(headings[column].Length).Max()).ToArray();
        var text = new StringBuilder();
        Line(text, headings, widths, Colour.None);
        foreach (var (cells, colour) in _rows) Line(text, cells, widths, colours ? colour : Colour.None);
        return text.ToString();
    }

    private static void Line(StringBuilder text, string[] cells, int[] widths, Colour colour)
    {
        var last = Array.FindLastIndex(cells, cell => cell.Length > 0);
        for (var column = 0; column <= last; column++)
        {
            var coloured = column == 0 && colour != Colour.None;
            if (coloured) text.Append("\e[").Append((int)colour).Append('m');
            text.Append(cells[column]);
            if (coloured) text.Append("\e[0m");
            if (column < last) text.Append(' ', widths[column] + Gap - cells[column].Length);
        }

        text.Append('\n');
    }
}
