using Atoll.Core.Teams;
using Atoll.Machine.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Hosting;

/// <summary>
/// On the first start of an installation makes the first team and key (and again a key, when none is left that can manage the installation), and leaves the key where clients of the person who started the server look for it. It is shown once when that
/// person watches (standard output is a terminal); it is never logged, and a log is what standard output is when nobody watches.
/// </summary>
internal sealed partial class FirstKey(IKeys keys, IServer server, IOptions<ServerOptions> options, IConfiguration configuration, ILogger<FirstKey> log) : IHostedLifecycleService
{
    private const string FallbackFolder = "first-key";

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>When every room has started: keys are kept in a database that one of them opens.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (await keys.EnsureFirstAsync(cancellationToken) is not { } first) return;
        var config = new ClientConfig(ClientUrl(), first.Secret);
        var path = Write(config);
        Written(log, path, first.Key.Id);
        if (!Console.IsOutputRedirected) await Console.Out.WriteLineAsync($"\nYour API key (shown this once; kept in {path}):\n\n  {first.Secret}\n");
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string Write(ClientConfig config)
    {
        if (options.Value.FirstKeyFolder is { } folder) return ClientConfigFile.Write(folder, config, null);
        try
        {
            var user = InvokingUser.Find() ?? throw new IOException("The user this server runs as has no home in /etc/passwd.");
            return ClientConfigFile.Write(Path.Combine(user.Home, ".config", "atoll"), config, user);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A key that is nowhere is a server nobody can enter: the state folder is ours and always writable.
            HomeUnwritable(log, failure.GetType().Name);
            var state = configuration.GetSection(MachineOptions.Section)[nameof(MachineOptions.StateDirectory)] ?? new MachineOptions().StateDirectory;
            return ClientConfigFile.Write(Path.Combine(state, FallbackFolder), config, null);
        }
    }

    // Where this host's own clients reach it: the loopback address when it listens on all of them.
    private string ClientUrl()
    {
        var bound = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? options.Value.Url;
        return bound.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal).Replace("[::]", "127.0.0.1", StringComparison.Ordinal).TrimEnd('/');
    }

    [LoggerMessage(4020, LogLevel.Information, "The first API key is in {Path}, key {Key}", EventName = "first_key")]
    private static partial void Written(ILogger log, string path, string key);

    [LoggerMessage(4021, LogLevel.Warning, "The first API key cannot be kept in the user's home ({Failure}); it goes into the state folder", EventName = "first_key_elsewhere")]
    private static partial void HomeUnwritable(ILogger log, string failure);
}
