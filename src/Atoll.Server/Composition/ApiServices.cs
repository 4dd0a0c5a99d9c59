using System.Text.Json.Serialization.Metadata;
using Atoll.Core.Metrics;
using Atoll.Server.Api.Auditing;
using Atoll.Server.Api.Checkpoints;
using Atoll.Server.Api.Code;
using Atoll.Server.Api.Files;
using Atoll.Server.Api.Keys;
using Atoll.Server.Api.Metering;
using Atoll.Server.Api.Observing;
using Atoll.Server.Api.Ports;
using Atoll.Server.Api.Processes;
using Atoll.Server.Api.Sandboxes;
using Atoll.Server.Api.Service;
using Atoll.Server.Api.Teams;
using Atoll.Server.Api.Transfers;
using Atoll.Server.Api.Users;
using Atoll.Server.Api.Volumes;
using Atoll.Server.Hosting;
using Atoll.Server.Http;
using Atoll.Server.Http.Access;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Documents;
using Atoll.Server.Http.Faults;
using Atoll.Server.Json;
using Atoll.Server.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Composition;

internal static class ApiServices
{
    /// <summary>The native API over Core's front doors, which the rooms behind it bring.</summary>
    public static IServiceCollection AddAtollApi(this IServiceCollection services)
    {
        services.AddOptions<ServerOptions>().BindConfiguration(ServerOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ServerOptions>, ServerOptionsValidator>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, KestrelSetup>();
        services.AddSingleton<IConfigureOptions<SocketTransportOptions>, KestrelSetup>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<RequestMetrics>();
        services.AddSingleton<ServerTimings>();
        services.AddSingleton<RateLimits>();
        services.TryAddSingleton<AtollMetrics>();
        services.AddSingleton<HostFigures>();
        services.AddSingleton<WarmFigures>();
        services.AddSingleton<MeterReader>();
        services.AddSingleton<Idempotency>();
        services.AddIngress();
        services.ConfigureHttpJsonOptions(options =>
        {
            JsonRules.Configure(options.SerializerOptions);
            var shapes = options.SerializerOptions.TypeInfoResolverChain;
            shapes.Clear();
            foreach (var room in (IJsonTypeInfoResolver[])[
                ArgumentsJson.Default, ProblemJson.Default, ServiceJson.Default, SandboxesJson.Default, CheckpointsJson.Default, VolumesJson.Default, ProcessesJson.Default, CodeJson.Default, FilesJson.Default, ObservingJson.Default, PortsJson.Default, TransfersJson.Default, KeysJson.Default,
                TeamsJson.Default, UsersJson.Default, AuditJson.Default, MeteringJson.Default]) shapes.Add(room);
        });
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddOptions<HostOptions>().Configure<IOptions<ServerOptions>>((host, server) => host.ShutdownTimeout = TimeSpan.FromSeconds(server.Value.ShutdownSeconds));
        services.AddOpenApi("v1", ApiDocument.Configure);
        if (!DocumentMode.Active) services.AddHostedService<FirstKey>();
        return services;
    }
}
