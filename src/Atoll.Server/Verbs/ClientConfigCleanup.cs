using System.Text.Json;
using Atoll.Server.Hosting;

namespace Atoll.Server.Verbs;

/// <summary>Takes away the client configuration that the first start wrote, if it still points at this server: its key opens nothing any more.</summary>
internal static class ClientConfigCleanup
{
    public static void Run(IConfiguration configuration)
    {
        var server = configuration.GetSection(ServerOptions.Section).Get<ServerOptions>() ?? new ServerOptions();
        var folder = server.FirstKeyFolder ?? (InvokingUser.Find() is { } user ? Path.Combine(user.Home, ".config", "atoll") : null);
        if (folder is null) return;

        var path = Path.Combine(folder, ClientConfigFile.FileName);
        if (!File.Exists(path)) return;
        try
        {
            var config = JsonSerializer.Deserialize(File.ReadAllText(path), ClientConfigJson.Wire.ClientConfig);
            if (config?.Url.TrimEnd('/') != server.Url.TrimEnd('/')) return;
        }
        catch (JsonException)
        {
            return; // Not what we wrote: it is the user's.
        }

        File.Delete(path);
        if (!Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
    }
}
