using System.Buffers;
using System.Text.Json;

namespace Atoll.Core.Code.Interpreters;

/// <summary>A request as one line of JSON.</summary>
internal static class JsonRequest
{
    public static byte[] Write(DriverRequest request)
    {
        ArrayBufferWriter<byte> line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            json.WriteString("nonce", request.Nonce);
            json.WriteString("code", request.Cell);
            json.WriteString("origin", request.Origin);
            json.WriteNumber("maxResultBytes", request.MaxResultBytes);
            if (request.Cwd is not null) json.WriteString("cwd", request.Cwd);
            WriteEnv(json, request.Env);
            if (request.FirstCwd is not null)
            {
                json.WriteStartObject("init");
                json.WriteString("cwd", request.FirstCwd);
                WriteEnv(json, request.FirstEnv);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        line.Write("\n"u8);
        return line.WrittenSpan.ToArray();
    }

    private static void WriteEnv(Utf8JsonWriter json, IReadOnlyDictionary<string, string> env)
    {
        json.WriteStartObject("env");
        foreach (var (name, value) in env) json.WriteString(name, value);
        json.WriteEndObject();
    }
}
