using Atoll.Machine.Hosting;
using Atoll.Machine.Networking;
using Atoll.Machine.Networking.Probing;
using Atoll.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Tests.Networking;

public sealed class NetworkProbeTests
{
    [Fact]
    public async Task Probe_OnThisHost_TriesEverythingAndLeavesNothing()
    {
        Requires.Root();
        Requires.Tool("nft");
        using var scratch = new Scratch();
        var machine = new MachineOptions { Instance = scratch.Instance };
        var probe = await new NetworkProber(Options.Create(machine), Options.Create(new NetworkOptions()), NullLogger<NetworkProber>.Instance).ProbeAsync(TestContext.Current.CancellationToken);

        Assert.All(probe.Checks.Where(check => check.Name != "other firewalls"), check => Assert.True(check.Passed, check.Finding));
        Assert.Equal(["namespaces", "veth", "nftables", "forwarding", "other firewalls"], probe.Checks.Select(check => check.Name));
        Assert.All(probe.Checks, check => Assert.EndsWith(".", check.Finding));
        HostState.AssertNothingOf(scratch.Instance);
    }

    [Fact]
    public void OtherFirewalls_DroppingByDefault_AreNamedWithARemedy()
    {
        const string listing = """
            table ip filter {
            	chain INPUT {
            		type filter hook input priority filter; policy accept;
            	}
            	chain FORWARD {
            		type filter hook forward priority filter; policy drop;
            	}
            	chain DOCKER-USER {
            	}
            }
            table inet mine {
            	chain in {
            		type filter hook input priority 0; policy drop;
            	}
            }
            table inet atoll {
            	chain through {
            		type filter hook forward priority filter; policy drop;
            	}
            }
            table ip6 filter {
            	chain FORWARD {
            		type filter hook forward priority filter; policy drop;
            	}
            }
            """;

        var found = OtherFirewalls.FindBlocking(listing, "atoll");
        Assert.Equal(["ip filter FORWARD (forward)", "inet mine in (input)"], found.Select(chain => chain.ToString()));
        Assert.Contains("DOCKER-USER", found[0].Remedy("atoll"));
        Assert.Contains("nft insert rule inet mine in iifname \"atoll-*\" accept", found[1].Remedy("atoll"));
    }
}
