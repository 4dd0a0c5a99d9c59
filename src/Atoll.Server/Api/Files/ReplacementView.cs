using Atoll.Server.Http.Faults;

namespace Atoll.Server.Api.Files;

/// <summary>What became of one file.</summary>
/// <param name="Error">Why nothing could be replaced in it.</param>
internal sealed record ReplacementView(string Path, int Replaced, Problem? Error);
