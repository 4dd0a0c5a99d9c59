namespace Atoll.Core.Code;

/// <summary>
/// What an execution says, in order: one <see cref="CodeStarted"/>, any number of <see cref="CodeText"/>, <see cref="CodeResult"/> and at most one <see cref="CodeError"/>,
/// then one <see cref="CodeEnded"/>.
/// </summary>
public abstract record CodeEvent;
