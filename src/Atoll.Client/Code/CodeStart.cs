namespace Atoll.Client.Code;

/// <summary>The code has begun.</summary>
public sealed record CodeStart(string Context, string Language, int ExecutionCount, bool Restarted);
