namespace Atoll.Server.Api.Service;

/// <summary>What this server is and can do.</summary>
internal sealed record InfoView(
    string Version,
    string Node,
    string Storage,
    int Cores,
    long MemoryBytes,
    IReadOnlyList<IsolationView> Isolation,
    LimitsView Limits,
    IReadOnlyList<TemplateView> Templates,
    IReadOnlyList<WarmPoolView> WarmPool);
