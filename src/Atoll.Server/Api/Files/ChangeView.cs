namespace Atoll.Server.Api.Files;

/// <summary>Data of a watch event; the event's name says what happened.</summary>
/// <param name="Entry">The entry after the change, when it is still there.</param>
internal sealed record ChangeView(string Path, FileView? Entry);
