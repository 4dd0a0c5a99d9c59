using System.Net.Sockets;
using Atoll.Core.Faults;
using Atoll.Core.Lifetime;
using Atoll.Core.Machines;
using Atoll.Server.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Composition;

/// <summary>Serves until it is told to stop. What the user can mend ends it with one clear line and an exit code of its own.</summary>
internal static partial class Serve
{
    public static Task<int> RunAsync(string[] args) => RunAsync(args, Rooms.Add);

    public static async Task<int> RunAsync(string[] args, Action<WebApplicationBuilder> rooms)
    {
        try
        {
            await using var app = ServerHost.Create(args, rooms);
            if (!DocumentMode.Active) app.Lifetime.ApplicationStarted.Register(() => Announce(app));
            var end = app.Services.GetService<ServerEnd>();
            await StartAsync(app);
            await app.WaitForShutdownAsync();
            if (end?.Reason is not { } reason) return ExitCodes.Success;
            await TellAsync(reason);
            return ExitCodes.Machine;
        }
        catch (OptionsValidationException mistakes)
        {
            foreach (var mistake in mistakes.Failures) await Console.Error.WriteLineAsync("atoll-server: " + mistake);
            return ExitCodes.Configuration;
        }
        catch (Exception mistake) when (mistake is InvalidDataException or FormatException || (mistake is InvalidOperationException && mistake.TargetSite?.DeclaringType?.Namespace == "Microsoft.Extensions.Configuration"))
        {
            await Console.Error.WriteLineAsync($"atoll-server: the configuration cannot be read: {mistake.Message} {mistake.InnerException?.Message}");
            return ExitCodes.Configuration;
        }
        catch (IOException failure) when (failure.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"atoll-server: {failure.Message} Another server is there; stop it, or choose another address with Server:Url.");
            return ExitCodes.Address;
        }
        catch (MachineUnavailableException unavailable)
        {
            await TellAsync(unavailable.Fault);
            return ExitCodes.Machine;
        }
        catch (SocketException failure)
        {
            await Console.Error.WriteLineAsync($"atoll-server: the address of Server:Url cannot be listened on: {failure.Message}.");
            return ExitCodes.Address;
        }
    }

    /// <summary>What is up when the start fails (the silo, when the address turns out to be taken) is stopped in order: taken down under its feet, it would fill the log with its own failures.</summary>
    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch
        {
            try
            {
                await app.StopAsync();
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                NotStopped(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Atoll.Server"), failure.Message);
            }

            throw;
        }
    }

    private static Task TellAsync(Fault fault) => Console.Error.WriteLineAsync($"atoll-server: {fault.Detail} {fault.Hint}");

    private static void Announce(WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Atoll.Server");
        var wanted = app.Services.GetRequiredService<IOptions<ServerOptions>>().Value.Limits.Connections;
        if (OpenFiles.Connections(wanted) is var connections && connections < wanted) FewFiles(log, OpenFiles.Most, connections, wanted);
        foreach (var address in app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            Listening(log, address);
            if (!new Uri(address).IsLoopback) Exposed(log, address);
        }
    }

    [LoggerMessage(4010, LogLevel.Information, "Listening on {Address}", EventName = "listening")]
    private static partial void Listening(ILogger log, string address);

    [LoggerMessage(4013, LogLevel.Debug, "The start failed, and not all could be stopped in order, as what was not up yet: {Reason}", EventName = "not stopped")]
    private static partial void NotStopped(ILogger log, string reason);

    [LoggerMessage(4011, LogLevel.Warning, "{Address} is reachable from other machines without TLS: keys and data can be read on the way. Put a TLS proxy in front, or listen on 127.0.0.1", EventName = "exposed")]
    private static partial void Exposed(ILogger log, string address);

    [LoggerMessage(4012, LogLevel.Warning, "This server may have only {Files} files open, so it takes {Connections} connections and not {Wanted}. Raise its limit (LimitNOFILE of its unit, or ulimit -Hn)", EventName = "few_files")]
    private static partial void FewFiles(ILogger log, int? files, int connections, int wanted);
}
