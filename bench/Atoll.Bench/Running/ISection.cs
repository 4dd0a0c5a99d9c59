namespace Atoll.Bench.Running;

/// <summary>One group of figures. It starts the servers it needs and ends them; it records into the report as it goes, so that what fails half way has said what it saw.</summary>
internal interface ISection
{
    /// <summary>As in <c>--only</c>.</summary>
    string Name { get; }

    Task RunAsync(BenchContext bench, CancellationToken cancellation);
}
