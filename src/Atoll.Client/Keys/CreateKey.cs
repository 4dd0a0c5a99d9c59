namespace Atoll.Client.Keys;

internal sealed record CreateKey(string Name);
