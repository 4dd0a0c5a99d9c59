using Atoll.Server.Hosting;
using Atoll.Server.Http;
using Atoll.Server.Ingress;
using Atoll.Server.Ingress.Access;
using Atoll.Server.Ingress.Forwarding;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Composition;

/// <summary>The way to the ports of sandboxes.</summary>
internal static class IngressServices
{
    public static IServiceCollection AddIngress(this IServiceCollection services)
    {
        services.AddOptions<IngressOptions>().BindConfiguration(IngressOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<IngressOptions>, IngressOptionsValidator>();
        services.AddHttpForwarder();
        services.AddSingleton<VisitGate>();
        services.AddSingleton<VisitSeats>();
        services.AddSingleton<IngressMetrics>();
        services.AddSingleton<PortForwarder>();
        services.AddSingleton<PortIngress>();
        return services;
    }

    /// <summary>Requests for ports leave the pipeline here, before anything that knows the API's paths sees theirs.</summary>
    public static void UseIngress(this WebApplication app)
    {
        var ingress = app.Services.GetRequiredService<PortIngress>();
        app.MapWhen(ingress.Takes, branch =>
        {
            branch.UseMiddleware<Failures>();
            branch.Run(ingress.InvokeAsync);
        });
    }
}
