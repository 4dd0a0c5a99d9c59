using Atoll.Machine.Isolation.Runtimes;
using Microsoft.Extensions.DependencyInjection;

namespace Atoll.Machine.Isolation.Vessels;

internal static class VesselServices
{
    /// <summary>Adds <see cref="IVessels"/>. Without, every memory is restored in one step.</summary>
    public static IServiceCollection AddVessels(this IServiceCollection services) =>
        services.AddSingleton<VesselMaker>().AddSingleton<VesselBoarding>().AddSingleton<IVessels, VesselStock>();
}
