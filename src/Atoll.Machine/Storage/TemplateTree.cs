namespace Atoll.Machine.Storage;

/// <summary>A sealed template.</summary>
/// <param name="Root">Its root filesystem on the host, read-only.</param>
/// <param name="Manifest">The text that was sealed with it; its meaning is <c>Images</c>' business.</param>
internal sealed record TemplateTree(string Name, string Root, string Manifest);
