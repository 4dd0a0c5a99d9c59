namespace Atoll.Server.Verbs;

/// <summary>A line per step, at once and in order (<see cref="Progress{T}"/> would post them elsewhere).</summary>
internal sealed class ConsoleProgress : IProgress<string>
{
    public void Report(string value) => Console.WriteLine("    " + value);
}
