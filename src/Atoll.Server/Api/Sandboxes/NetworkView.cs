namespace Atoll.Server.Api.Sandboxes;

internal sealed record NetworkView(EgressView Egress);
