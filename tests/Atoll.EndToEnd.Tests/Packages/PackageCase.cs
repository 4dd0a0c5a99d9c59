namespace Atoll.EndToEnd.Tests.Packages;

/// <summary>One thing that people install: how, and what shows that it works.</summary>
/// <param name="Install">Debian packages, one blank between them; none for what a script gets by itself.</param>
/// <param name="Use">A shell script, run as <see cref="User"/> with <c>set -e</c>.</param>
/// <param name="Expected">Each line of it is in what the script prints.</param>
internal sealed record PackageCase(string Name, string Install, string Use, string Expected)
{
    /// <summary>Who uses it; packages are always installed by root.</summary>
    public string User { get; init; } = "user";

    public int MemoryMiB { get; init; } = 1024;

    /// <summary>Run by plain <c>./test</c> as well.</summary>
    public bool Always { get; init; }

    /// <summary>Why it cannot work under <c>gvisor</c>, as docs/packages.md says it; null where it works.</summary>
    public string? NotUnderGVisor { get; init; }

    /// <summary>Why it cannot work under <c>container</c>.</summary>
    public string? NotInContainer { get; init; }

    public string? NotUnder(string isolation) => isolation == "gvisor" ? NotUnderGVisor : NotInContainer;
}
