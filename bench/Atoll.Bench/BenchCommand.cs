using System.Collections.Immutable;
using System.Text.Json;
using Atoll.Bench.Bare;
using Atoll.Bench.Installing;
using Atoll.Bench.Reporting;
using Atoll.Bench.Running;
using Atoll.Bench.Sections.Checkpoints;
using Atoll.Bench.Sections.Cycling;
using Atoll.Bench.Sections.Executing;
using Atoll.Bench.Sections.Files;
using Atoll.Bench.Sections.Idling;
using Atoll.Bench.Sections.Memory;
using Atoll.Bench.Sections.Neighbouring;
using Atoll.Bench.Sections.Starting;
using Atoll.Bench.Sections.Streaming;
using Atoll.Bench.Sections.Working;

namespace Atoll.Bench;

/// <summary>Installs the product as it was built, runs the sections one after the other, takes everything off the host again, and writes the figures down.</summary>
internal static class BenchCommand
{
    private static readonly ImmutableArray<ISection> Sections =
        [new StartSection(), new ExecSection(), new FilesSection(), new StreamSection(), new IdleSection(), new WorkSection(), new CheckpointSection(), new FullSection(), new SleepersSection(), new NeighboursSection(), new CyclesSection()];

    /// <returns>0: everything was measured, whether the targets were met or not. 1: something could not be.</returns>
    public static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellation)
    {
        var repository = Repository();
        var report = new Report(Console.Out);
        var load = HostReader.Load();
        HostDescription host;
        var whole = true;
        await using (var installation = new Installation(repository))
        {
            report.Say($"Installing for the run in {installation.Folder} …");
            await installation.PrepareAsync();
            await using var bare = await BareTools.PrepareAsync(installation);
            host = await HostReader.ReadAsync(repository, bare, arguments.CommandLine, load);
            foreach (var section in Sections.Where(section => arguments.Wants(section.Name)))
                whole &= await TryAsync(section, new BenchContext(arguments, installation, bare, report), cancellation);
        }

        await WriteAsync(new ReportDocument(host, report.Goals, report.Measures, report.Troubles), arguments, repository);
        return whole ? 0 : 1;
    }

    private static async Task<bool> TryAsync(ISection section, BenchContext bench, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return false;
        bench.Report.Say($"{section.Name}:");
        try
        {
            await section.RunAsync(bench, cancellation);
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            bench.Report.Trouble($"{section.Name}: stopped.");
        }
        catch (Exception failure)
        {
            // The other sections' figures are worth having all the same.
            bench.Report.Trouble($"{section.Name}: {failure.Message}");
            await Console.Error.WriteLineAsync(failure.StackTrace);
        }

        return false;
    }

    private static async Task WriteAsync(ReportDocument document, Arguments arguments, string repository)
    {
        Console.WriteLine($"\n{Table.Of(document.Measures).ToText()}\n\n{Table.Of(document.Goals).ToText()}\n\n{document.Goals.Count(goal => goal.Met is true)} targets met, {document.Goals.Count(goal => goal.Met is false)} missed");
        if (arguments.JsonPath is not null) await File.WriteAllBytesAsync(arguments.JsonPath, JsonSerializer.SerializeToUtf8Bytes(document, ReportJson.Default.ReportDocument));
        if (!arguments.Docs) return;
        var path = Path.Combine(repository, "docs", "benchmarks.md");
        await File.WriteAllTextAsync(path, document.Into(await File.ReadAllTextAsync(path)));
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Atoll.slnx"))) folder = folder.Parent ?? throw new InvalidOperationException("This program belongs into a checkout of Atoll: run bench/run there.");
        return folder.FullName;
    }
}
