namespace Atoll.Machine.Storage.Comparing;

/// <summary>One step of a stream: which paths it names. Paths are bytes as the kernel has them, each a character (Latin-1), relative to the root.</summary>
/// <param name="Path">Null for a step that is about the whole.</param>
/// <param name="Second">Where a rename leads, or what a link is made to.</param>
/// <param name="Kind">What it does to them.</param>
internal readonly record struct StreamStep(StepKind Kind, string? Path, string? Second);
