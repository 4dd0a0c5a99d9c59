namespace Atoll.Server.Hosting;

/// <summary>
/// The build starts this program to write the OpenAPI document, without serving: then nothing may touch the machine, and the rooms behind the API are not needed.
/// The tool that does so poses as the entry point, so it is told by its own assembly being there.
/// </summary>
internal static class DocumentMode
{
    public static bool Active { get; } = AppDomain.CurrentDomain.GetAssemblies().Any(assembly => assembly.GetName().Name == "GetDocument.Insider");
}
