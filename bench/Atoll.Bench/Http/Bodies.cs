using System.Text;
using System.Text.Json.Nodes;

namespace Atoll.Bench.Http;

/// <summary>Request bodies, made once, before anything is measured.</summary>
internal static class Bodies
{
    public static byte[] True { get; } = Argv("true");

    public static byte[] Argv(params string[] argv) => Bytes(new JsonObject { ["argv"] = Array(argv) });

    /// <param name="user">Null: the template's own.</param>
    public static byte[] Shell(string command, string? user = null)
    {
        var body = new JsonObject { ["command"] = command };
        if (user is not null) body["user"] = user;
        return Bytes(body);
    }

    /// <summary>It writes only as fast as whoever follows it reads.</summary>
    public static byte[] Paced(params string[] argv) => Bytes(new JsonObject { ["argv"] = Array(argv), ["paced"] = true });

    /// <summary>A sandbox that lives until it is deleted.</summary>
    public static byte[] Sandbox(string template, string isolation, int memoryMiB = 128, double cpu = 1) => Bytes(new JsonObject
    {
        ["template"] = template,
        ["isolation"] = isolation,
        ["cpu"] = cpu,
        ["memoryMiB"] = memoryMiB,
        ["lifecycle"] = new JsonObject { ["timeoutSeconds"] = 0 },
    });

    private static JsonArray Array(string[] argv) => [.. argv.Select(word => JsonValue.Create(word))];

    private static byte[] Bytes(JsonObject body) => Encoding.UTF8.GetBytes(body.ToJsonString());
}
