using System.Text.Json;

namespace Atoll.Bench.Http;

/// <summary>The few calls that are measured.</summary>
internal sealed class Sandboxes(IExchange api)
{
    /// <summary>Returns the id of a running sandbox.</summary>
    public async Task<string> CreateAsync(byte[] body, CancellationToken cancellation) => ReadId(await api.SendAsync(HttpMethod.Post, "/v1/sandboxes", body, cancellation));

    /// <summary>The id of what an answer tells of.</summary>
    public static string ReadId(byte[] answer)
    {
        using var reply = JsonDocument.Parse(answer);
        return reply.RootElement.GetProperty("id").GetString()!;
    }

    /// <summary>Throws an <see cref="ApiFailure"/> when the command's exit code is not 0.</summary>
    public async Task<Exec> ExecAsync(string id, byte[] body, CancellationToken cancellation)
    {
        return ReadExec(id, await api.SendAsync(HttpMethod.Post, PathOfExec(id), body, cancellation));
    }

    public static string PathOfExec(string id) => $"/v1/sandboxes/{id}/exec";

    /// <inheritdoc cref="ExecAsync"/>
    public static Exec ReadExec(string id, byte[] answer)
    {
        using var reply = JsonDocument.Parse(answer);
        var root = reply.RootElement;
        var exec = new Exec(root.GetProperty("exitCode").GetInt32(), root.GetProperty("stdout").GetString()!, root.GetProperty("stderr").GetString()!, root.GetProperty("durationMs").GetDouble());
        return exec.ExitCode == 0 ? exec : throw new ApiFailure($"A command in sandbox {id} ended with {exec.ExitCode}: {exec.Stderr}{exec.Stdout}");
    }

    public Task DeleteAsync(string id, CancellationToken cancellation) => api.SendAsync(HttpMethod.Delete, "/v1/sandboxes/" + id, null, cancellation);

    /// <summary>Whether this server offers a kind of isolation.</summary>
    public async Task<bool> OffersAsync(string isolation, CancellationToken cancellation)
    {
        using var info = JsonDocument.Parse(await api.SendAsync(HttpMethod.Get, "/v1/info", null, cancellation));
        return info.RootElement.GetProperty("isolation").EnumerateArray().Any(kind => kind.GetProperty("kind").GetString() == isolation && kind.GetProperty("available").GetBoolean());
    }
}
