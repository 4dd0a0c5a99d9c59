using System.Reflection;

namespace Atoll.Server.Api.Service;

internal static class ServerVersion
{
    /// <summary>Without the source revision behind the plus sign.</summary>
    public static string Text { get; } =
        (typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];
}
