using Atoll.Core.Sandboxes;

namespace Atoll.Server.Api.Sandboxes;

internal sealed record EgressView(EgressDefault Default);
