using Atoll.Server.Composition;

namespace Atoll.Server.Verbs;

/// <summary>What this program can do: the first argument that is no option names it; without one it serves.</summary>
internal static class CommandLine
{
    private static readonly Dictionary<string, Func<string[], Task<int>>> Known = new(StringComparer.Ordinal)
    {
        ["serve"] = Serve.RunAsync,
        ["prepare"] = PrepareVerb.RunAsync,
        ["doctor"] = DoctorVerb.RunAsync,
        ["sweep"] = SweepVerb.RunAsync,
    };

    public static async Task<int> RunAsync(string[] args)
    {
        var named = args.Length > 0 && !args[0].StartsWith('-');
        var verb = named ? args[0] : "serve";
        if (Known.TryGetValue(verb, out var run)) return await run(named ? args[1..] : args);
        await Console.Error.WriteLineAsync($"atoll-server: there is no '{verb}'. It can: {string.Join(", ", Known.Keys)}.");
        return ExitCodes.Usage;
    }
}
