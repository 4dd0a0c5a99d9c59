using Atoll.Server.Hosting;
using Atoll.Server.Logging;
using Atoll.Server.Telemetry;
using Microsoft.Extensions.Logging.Console;

namespace Atoll.Server.Composition;

/// <summary>Puts the server together: configuration, then the rooms, then the API.</summary>
internal static class ServerHost
{
    public const string ConfigurationFile = "/etc/atoll/atoll.json";

    /// <summary>Later sources win: the file, <c>ATOLL__SECTION__KEY</c> variables, the command line.</summary>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder> rooms)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddJsonFile(ConfigurationFile, optional: true).AddEnvironmentVariables("ATOLL__").AddCommandLine(args);
        builder.Logging.ClearProviders().AddConsoleFormatter<JsonLines, ConsoleFormatterOptions>();
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));

        // The framework's request lines hold paths and queries; ours do not.
        // The database's and the silo's own news are for their developers; a silo of one that is stopped half way up warns of what cannot matter.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Orleans", LogLevel.Error).AddFilter("Polly", LogLevel.Warning).AddFilter("Yarp", LogLevel.None);

        // Under systemd this says when the server is ready; it would also choose systemd's own log format, so ours is chosen after it.
        builder.Services.AddSystemd();
        builder.Logging.AddConsole(console => console.FormatterName = JsonLines.FormatterName);
        if (!DocumentMode.Active) rooms(builder);
        if (!DocumentMode.Active) TelemetryExport.Add(builder, Api.Service.ServerVersion.Text);
        builder.Services.AddAtollApi();
        var app = builder.Build();
        app.UseAtollApi();
        return app;
    }
}
