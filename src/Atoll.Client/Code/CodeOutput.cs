namespace Atoll.Client.Code;

internal sealed record CodeOutput(string Data);
