namespace Atoll.Core.Code;

/// <param name="Context">Its id.</param>
/// <param name="ExecutionCount">Counts from 1 in each interpreter.</param>
/// <param name="Restarted">The context's interpreter had ended, and its state with it; this is the first execution in a fresh one.</param>
public sealed record CodeStarted(string Context, CodeLanguage Language, int ExecutionCount, bool Restarted) : CodeEvent;
