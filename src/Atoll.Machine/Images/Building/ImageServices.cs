using Atoll.Machine.Images.Recipes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Images.Building;

internal static class ImageServices
{
    /// <summary>The template catalogue and the builder with its recipes. Needs storage, options of the machine, and logging.</summary>
    public static IServiceCollection AddSandboxImages(this IServiceCollection services)
    {
        services.AddOptions<ImageOptions>().BindConfiguration(ImageOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ImageOptions>, ImageOptionsValidator>());
        services.TryAddSingleton<TemplateCatalog>();
        services.TryAddSingleton<TreeCache>();
        services.TryAddSingleton<TemplateBuilder>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITemplateRecipe, DefaultRecipe>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITemplateRecipe, MinimalRecipe>());
        return services;
    }
}
