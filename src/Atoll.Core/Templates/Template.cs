namespace Atoll.Core.Templates;

/// <summary>A starting point that is ready to be cloned on this node.</summary>
/// <param name="Name">Lower-case letters, digits, <c>-</c>, <c>_</c>, <c>.</c>; may carry <c>:tag</c>.</param>
/// <param name="SizeBytes">What its root filesystem takes on disk.</param>
/// <param name="User">Who runs processes by default.</param>
/// <param name="WorkingDirectory">Where they start by default.</param>
public sealed record Template(string Name, long SizeBytes, DateTimeOffset BuiltAt, string User, string WorkingDirectory);
