using System.Collections.Immutable;
using System.Text.Json;
using Atoll.Core.Sandboxes;

namespace Atoll.Server.Api.Sandboxes;

internal sealed record EgressBody
{
    public EgressDefault? Default { get; init; }

    public ImmutableArray<string>? Allow { get; init; }

    public ImmutableArray<string>? Deny { get; init; }

    public ImmutableArray<JsonElement>? Rules { get; init; }
}
