using Atoll.Machine.Sandboxes;
using Atoll.Server.Composition;

namespace Atoll.Server.Verbs;

/// <summary>The machine without the API, for verbs that work on this host directly. Configured as the server is.</summary>
internal static class MachineHost
{
    public static ServiceProvider Create()
    {
        var configuration = new ConfigurationBuilder().AddJsonFile(ServerHost.ConfigurationFile, optional: true).AddEnvironmentVariables("ATOLL__").Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true));
        services.AddAtollMachine();
        return services.BuildServiceProvider();
    }
}
