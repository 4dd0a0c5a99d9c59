namespace Atoll.Bench.Reporting;

/// <summary>A run as it is written down.</summary>
internal sealed record ReportDocument(HostDescription Host, IReadOnlyList<Goal> Goals, IReadOnlyList<Measure> Measures, IReadOnlyList<string> Troubles)
{
    private const string Begin = "<!-- figures: begin; written by bench/run --docs -->";
    private const string End = "<!-- figures: end -->";

    /// <summary>Puts the figures between the two marks of a document, and leaves the rest of it alone.</summary>
    public string Into(string document)
    {
        var (begin, end) = (document.IndexOf(Begin, StringComparison.Ordinal), document.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin) throw new InvalidOperationException($"The document lacks the marks '{Begin}' and '{End}'.");
        return $"{document[..(begin + Begin.Length)]}\n\n{ToMarkdown()}\n\n{document[end..]}";
    }

    private string ToMarkdown() => string.Join("\n\n", new[]
    {
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"""
        {Host.Date:yyyy-MM-dd HH:mm} UTC, commit `{Host.Commit}`, `{Host.Command}`

        {Host.Cores} × {Host.Processor}, {Host.MemoryGiB} GiB, {Host.System}, kernel {Host.Kernel}; {string.Join("; ", new[] { Host.Runc, Host.Runsc, Host.Bwrap }.OfType<string>())}. Load before the run: {Host.LoadBefore:0.00}.
        """),
        "### Against the targets",
        Table.Of(Goals).ToMarkdown(),
        "### All figures",
        Table.Of(Measures).ToMarkdown(),
        Troubles.Count == 0 ? "" : "### What went wrong\n\n" + string.Join('\n', Troubles.Select(trouble => "- " + trouble.ReplaceLineEndings(" "))),
    }.Where(part => part.Length > 0));
}
