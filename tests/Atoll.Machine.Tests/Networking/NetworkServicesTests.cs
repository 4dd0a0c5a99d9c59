using Atoll.Machine.Networking;
using Atoll.Machine.Networking.Node;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Tests.Networking;

public sealed class NetworkServicesTests
{
    [Fact]
    public void AddSandboxNetworking_BindsValidatesAndGivesOneNetwork()
    {
        using var services = Build(new() { ["Network:AddressRange"] = "10.9.0.0/24", ["Network:AllowPrivate:0"] = "192.168.4.0/24" });
        var options = services.GetRequiredService<IOptions<NetworkOptions>>().Value;
        Assert.Equal("10.9.0.0/24", options.AddressRange);
        Assert.Equal(["192.168.4.0/24"], options.AllowPrivate);

        using var wrong = Build(new() { ["Network:AddressRange"] = "nonsense", ["Network:ReadySlots"] = "0" });
        var refused = Assert.Throws<OptionsValidationException>(() => wrong.GetRequiredService<IOptions<NetworkOptions>>().Value);
        Assert.Equal(2, refused.Failures.Count());
    }

    private static ServiceProvider Build(Dictionary<string, string?> settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
        .AddLogging()
        .AddSandboxNetworking()
        .BuildServiceProvider();
}
