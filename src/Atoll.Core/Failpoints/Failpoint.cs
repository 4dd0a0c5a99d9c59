using System.Diagnostics;

namespace Atoll.Core.Failpoints;

/// <summary>
/// Places in multi-step operations at which a test has the server die as by <c>kill -9</c>. They are in every build and do nothing unless the environment variable <c>ATOLL_FAILPOINT</c> is set
/// when the server starts: to the name of one, or to the absolute path of a file that may name one while the server runs. The first to reach it ends the process. Names are
/// <c>operation.step</c>: what was just done.
/// </summary>
public static class Failpoint
{
    public const string Variable = "ATOLL_FAILPOINT";
    private static readonly string? Armed = Environment.GetEnvironmentVariable(Variable);

    public static void Hit(string name)
    {
        if (Armed is null || Named() != name) return;

        // SIGKILL: nothing of this process runs any more, neither finally nor exit handlers.
        using var self = Process.GetCurrentProcess();
        self.Kill();
        throw new UnreachableException();
    }

    private static string? Named()
    {
        if (!Path.IsPathFullyQualified(Armed!)) return Armed;
        try
        {
            return File.ReadAllText(Armed!);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
