using Atoll.Core.Code;

namespace Atoll.Server.Api.Code;

/// <summary>Data of a <c>start</c> event.</summary>
internal sealed record CodeStartEvent(string Context, CodeLanguage Language, int ExecutionCount, bool Restarted);
