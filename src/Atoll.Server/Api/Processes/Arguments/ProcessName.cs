using System.Globalization;
using Atoll.Core.Guests.Processes;

namespace Atoll.Server.Api.Processes.Arguments;

/// <summary>The <c>{pid}</c> of a route: a number is a pid, anything else a tag.</summary>
internal static class ProcessName
{
    public static ProcessRef Parse(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? ProcessRef.ByPid(pid) : ProcessRef.ByTag(text);
}
