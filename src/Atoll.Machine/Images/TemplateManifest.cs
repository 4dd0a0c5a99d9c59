namespace Atoll.Machine.Images;

/// <summary>What is sealed with a template's tree.</summary>
/// <param name="Recipe">Digest of the recipe it was built by: another digest means that it is out of date.</param>
internal sealed record TemplateManifest(string Name, string Recipe, DateTimeOffset BuiltAt, long SizeBytes, string User, string WorkingDirectory);
