using System.Diagnostics;
using System.Net;

namespace Atoll.Machine.Tests.Networking;

/// <summary>A route of the host to a test's own network; it goes with the interface, and here.</summary>
internal sealed class RouteTo : IDisposable
{
    private readonly string[] _route;

    public RouteTo(string link, string range, IPAddress via)
    {
        _route = [range, "via", via.ToString(), "dev", link];
        Run("add");
    }

    public void Dispose() => Run("del");

    private void Run(string verb)
    {
        using var ip = Process.Start("ip", ["route", verb, .. _route]);
        ip.WaitForExit();
    }
}
