namespace Atoll.Server.Api.Service;

/// <summary>A starting point for sandboxes that is ready here.</summary>
internal sealed record TemplateView(string Name, long SizeBytes, DateTimeOffset BuiltAt, string User, string Workdir);
