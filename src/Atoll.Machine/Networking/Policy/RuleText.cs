using System.Net;
using Atoll.Machine.Networking.Addresses;

namespace Atoll.Machine.Networking.Policy;

/// <summary>
/// The one table of an installation, as text for <c>nft -f -</c>: it replaces an older one in the same transaction, so there is no moment without rules.
/// <para>Sets. <c>slots</c>: interface and the only address that may speak through it. <c>open</c>: interfaces with access to the internet and to names. Both are empty at first
/// and changed one element at a time while running; what is in neither reaches nothing. So a slot is closed until its claim opens it.</para>
/// </summary>
internal static class RuleText
{
    public const string Slots = "slots";
    public const string Open = "open";

    /// <summary>Datagrams of one sandbox in a second that are told why they go nowhere; more are dropped as they arrive.</summary>
    private const int RefusalsPerSecond = 1000;

    public static string Write(string instance, AddressPlan plan, NetworkOptions options, int dnsPort, IEnumerable<NetworkSlot> slots, IEnumerable<string> open) => $$"""
        add table inet {{instance}}
        delete table inet {{instance}}
        table inet {{instance}} {
          counter spoofed { }
          counter refused { }
          counter unasked { }
          counter ipv6 { }
          counter dns_flood { }
          counter connections_full { }
          counter refused_flood { }

          set slots { typeof iifname . ip saddr; {{Elements(slots.Select(slot => $"\"{slot.HostInterface}\" . {slot.Address}"))}} }
          set open { typeof iifname; {{Elements(open.Select(name => $"\"{name}\""))}} }
          set closed { type ipv4_addr; flags interval; auto-merge; {{Elements(ClosedRanges.All.Select(range => range.ToString()))}} }
          set permitted { type ipv4_addr; flags interval; auto-merge; {{Elements(options.AllowPrivate.Select(range => IPNetwork.Parse(range).ToString()))}} }
          set dns_rate { typeof iifname; flags dynamic; size 65535; timeout 1m; }
          set refused_rate { typeof iifname; flags dynamic; size 65535; timeout 1m; }
          set connections { typeof iifname; flags dynamic; size 65535; }

          # Who may speak at all. Before connection tracking, so that what is dropped here costs no entry in its table.
          chain arrive {
            type filter hook prerouting priority raw; policy accept;
            iifname != "{{instance}}-*" accept
            meta nfproto ipv6 counter name ipv6 drop
            iifname . ip saddr != @slots counter name spoofed drop
            udp dport 53 update @dns_rate { iifname limit rate over {{options.MaxDnsPacketsPerSecond}}/second burst {{options.MaxDnsPacketsPerSecond}} packets } counter name dns_flood drop

            # What will be refused anyway, with a reason for each, when it comes by the thousand: the reasons would take the host's processors from everybody.
            udp dport != 53 fib daddr type local update @refused_rate { iifname limit rate over {{RefusalsPerSecond}}/second burst {{RefusalsPerSecond}} packets } counter name refused_flood drop
            iifname != @open meta l4proto { udp, icmp } update @refused_rate { iifname limit rate over {{RefusalsPerSecond}}/second burst {{RefusalsPerSecond}} packets } counter name refused_flood drop
          }

          # Names: what an open slot sends to port 53 of its own gateway goes to the forwarder.
          chain names {
            type nat hook prerouting priority dstnat; policy accept;
            iifname "{{instance}}-*" iifname @open fib daddr . iif type local meta l4proto { tcp, udp } th dport 53 redirect to :{{dnsPort}}
          }

          chain to_host {
            type filter hook input priority filter; policy accept;
            iifname "{{instance}}-*" goto slot_to_host
            # The forwarder listens on every address; it is nobody else's to ask. Not what answers: a program of the host may have the same number as its own end, while the server is away or
            # over the other protocol, and would wait for its connection in vain.
            ct direction original meta l4proto { tcp, udp } th dport {{dnsPort}} counter name unasked drop
          }

          chain slot_to_host {
            ct state established ct direction reply accept
            ct state related meta l4proto icmp accept
            iifname @open ct status dnat meta l4proto { tcp, udp } th dport {{dnsPort}} accept
            goto refuse
          }

          chain through {
            type filter hook forward priority filter; policy accept;
            iifname "{{instance}}-*" goto slot_to_world
            oifname "{{instance}}-*" goto world_to_slot
          }

          chain slot_to_world {
            meta nfproto ipv6 counter name ipv6 drop
            iifname != @open goto refuse
            oifname "{{instance}}-*" goto refuse
            ip daddr @permitted jump count_connections
            ip daddr @permitted accept
            ip daddr @closed goto refuse
            fib daddr type != unicast goto refuse
            jump count_connections
            tcp flags syn / syn,rst tcp option maxseg size set rt mtu
            accept
          }

          chain count_connections {
            ct state new add @connections { iifname ct count over {{options.MaxConnectionsPerSandbox}} } counter name connections_full reject with icmp type admin-prohibited
          }

          chain world_to_slot {
            oifname @open ct state established ct direction reply accept
            oifname @open ct state related meta l4proto icmp accept
            counter name unasked drop
          }

          # At once and with a reason, so that a client fails rather than hangs.
          chain refuse {
            counter name refused
            meta l4proto tcp reject with tcp reset
            reject with icmpx type admin-prohibited
          }

          chain leave {
            type nat hook postrouting priority srcnat; policy accept;
            ip saddr {{plan.Range}} oifname != "{{instance}}-*" fib saddr type != local masquerade
          }
        }
        """;

    private static string Elements(IEnumerable<string> elements)
    {
        var list = string.Join(", ", elements);
        return list.Length == 0 ? "" : $"elements = {{ {list} }}";
    }
}
