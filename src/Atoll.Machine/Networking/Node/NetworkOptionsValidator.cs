using System.Net;
using Atoll.Machine.Networking.Addresses;
using Atoll.Machine.Networking.Dns;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Networking.Node;

/// <summary>Says everything that is wrong with the options at once, by key.</summary>
internal sealed class NetworkOptionsValidator : IValidateOptions<NetworkOptions>
{
    public ValidateOptionsResult Validate(string? name, NetworkOptions options)
    {
        var errors = new List<string>();
        if (!AddressPlan.TryParse(options.AddressRange, out var plan, out var why))
        {
            Refuse(nameof(options.AddressRange), why);
        }

        var most = plan?.Count ?? AddressPlan.MostSlots;
        Within(nameof(options.MaxSlots), options.MaxSlots, 0, most);
        Within(nameof(options.ReadySlots), options.ReadySlots, 1, options.MaxSlots > 0 ? Math.Min(most, options.MaxSlots) : most);
        Within(nameof(options.MaxIdleSlots), options.MaxIdleSlots, 1, AddressPlan.MostSlots);
        Within(nameof(options.MaxConnectionsPerSandbox), options.MaxConnectionsPerSandbox, 16, 1_000_000);
        Within(nameof(options.MaxDnsQueries), options.MaxDnsQueries, 1, 16 * 1024);
        Within(nameof(options.MaxDnsQueriesPerSandbox), options.MaxDnsQueriesPerSandbox, 1, options.MaxDnsQueries);
        Within(nameof(options.MaxDnsPacketsPerSecond), options.MaxDnsPacketsPerSecond, 1, 1_000_000);
        Lasts(nameof(options.ClaimTimeout), options.ClaimTimeout, TimeSpan.FromMinutes(5));
        Lasts(nameof(options.DrainTime), options.DrainTime, TimeSpan.FromMinutes(5));
        Lasts(nameof(options.DnsTimeout), options.DnsTimeout, TimeSpan.FromSeconds(30));

        foreach (var text in options.AllowPrivate)
        {
            if (!IPNetwork.TryParse(text, out var range) || range.BaseAddress.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork)
            {
                Refuse(nameof(options.AllowPrivate), $"'{text}' is no IPv4 range such as 10.1.2.0/24");
            }
            else if (plan is not null && (range.Contains(plan.Range.BaseAddress) || plan.Range.Contains(range.BaseAddress)))
            {
                Refuse(nameof(options.AllowPrivate), $"'{text}' overlaps {nameof(options.AddressRange)}: sandboxes never reach each other that way");
            }
        }

        foreach (var text in options.DnsServers)
        {
            if (!NameServers.TryParse(text, out _)) Refuse(nameof(options.DnsServers), $"'{text}' is no address or address:port");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Refuse(string key, string reason) => errors.Add($"{NetworkOptions.Section}:{key}: {reason}.");

        void Within(string key, int value, int least, int greatest)
        {
            if (value < least || value > greatest) Refuse(key, $"{value} is not within {least} and {greatest}");
        }

        void Lasts(string key, TimeSpan value, TimeSpan longest)
        {
            if (value <= TimeSpan.Zero || value > longest) Refuse(key, $"{value} is not above 0 and at most {longest}");
        }
    }
}
