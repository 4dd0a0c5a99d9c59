namespace Atoll.Server.Composition;

/// <summary>The rooms behind the API: Core, and this machine.</summary>
internal static class Rooms
{
    public static void Add(WebApplicationBuilder builder)
    {
        _ = builder;
    }
}
