namespace Atoll.Core.Journal;

/// <summary>A multi-step operation that has begun.</summary>
/// <param name="Operation">Which: the name of an <see cref="IJournalledOperation"/>. Kept in the database: never rename one.</param>
/// <param name="Subject">What it is about, in the words of the operation; with the operation it is the entry's key, so that no subject has two of one kind at once.</param>
/// <param name="Data">What else settling it takes; empty when nothing.</param>
internal sealed record JournalEntry(string Operation, string Subject, string Data, DateTimeOffset At);
