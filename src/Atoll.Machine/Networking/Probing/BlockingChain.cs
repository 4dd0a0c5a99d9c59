namespace Atoll.Machine.Networking.Probing;

/// <summary>A chain of somebody else's that drops what none of its rules accept.</summary>
/// <param name="Hook"><c>forward</c>: sandboxes do not reach the internet. <c>input</c>: they get no names.</param>
internal sealed record BlockingChain(string Family, string Table, string Chain, string Hook)
{
    public string Remedy(string instance) => (Table, Hook) switch
    {
        ("filter", "forward") => $"iptables -I FORWARD -i {instance}-+ -j ACCEPT && iptables -I FORWARD -o {instance}-+ -j ACCEPT (with docker: chain DOCKER-USER instead).",
        ("filter", _) => $"iptables -I INPUT -i {instance}-+ -j ACCEPT (what sandboxes may reach of the host is decided by table inet {instance}).",
        (_, "forward") => $"nft insert rule {Family} {Table} {Chain} iifname \"{instance}-*\" accept && nft insert rule {Family} {Table} {Chain} oifname \"{instance}-*\" accept.",
        _ => $"nft insert rule {Family} {Table} {Chain} iifname \"{instance}-*\" accept.",
    };

    public override string ToString() => $"{Family} {Table} {Chain} ({Hook})";
}
