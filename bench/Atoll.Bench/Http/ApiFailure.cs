namespace Atoll.Bench.Http;

/// <summary>The server answered, but with no success.</summary>
internal sealed class ApiFailure(string message) : Exception(message);
