using System.Globalization;
using System.Text.Json;
using Atoll.Core.Faults;
using Atoll.Core.Teams;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Keys;

/// <summary>Makes a key, of the caller's team or, for an operator, of any.</summary>
internal static class KeyMaking
{
    private const int MaxName = 100;

    // A century: what is meant to last longer does not expire.
    private const long MaxSeconds = 100L * 366 * 24 * 3600;

    public static async Task<Results<Created<CreatedKeyView>, FaultResult>> RunAsync(TeamId team, CreateKeyBody body, IdempotencyKey key, Call call)
    {
        if (!ToKey(body, call.Get<TimeProvider>()).TryGet(out var wanted, out var fault)) return new FaultResult(fault);
        var request = JsonSerializer.SerializeToUtf8Bytes(body, KeysJson.Wire.CreateKeyBody);
        var made = await call.Get<Idempotency>().RunAsync($"keys {call.Caller.KeyId} {team}", key, request, () => call.Keys.CreateAsync(team, wanted, call.Caller, call.Cancellation));
        if (!made.TryGet(out var created, out fault)) return new FaultResult(fault);
        RequestNotes.Of(call.Http).Target = created.Key.Id;
        call.Http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"/v1/keys/{created.Key.Id}", CreatedKeyView.Of(created));
    }

    private static Result<NewKey> ToKey(CreateKeyBody body, TimeProvider time)
    {
        Dictionary<string, string> mistakes = [];
        if (body.Name.Trim().Length is 0 or > MaxName || body.Name.Any(char.IsControl)) mistakes["name"] = "must be 1 to 100 characters";
        KeyScopes? scopes = null;
        foreach (var word in body.Scopes ?? [])
        {
            if (ScopeWords.TryParse(word, out var scope)) scopes = (scopes ?? KeyScopes.None) | scope;
            else mistakes["scopes"] = $"has '{(word.Length <= MaxName ? word : word[..MaxName])}', which is no scope; there are {ScopeWords.All}";
        }

        if (body.Scopes is { Count: 0 }) mistakes["scopes"] = "must be some of " + ScopeWords.All;
        if (!TimeArgument.Parse("expiresAt", body.ExpiresAt).TryGet(out var expires, out _)) mistakes["expiresAt"] = TimeArgument.Form;
        if (body.ExpiresInSeconds is { } seconds)
        {
            if (body.ExpiresAt is not null) mistakes["expiresInSeconds"] = "must not be there with expiresAt";
            else if (seconds is < 1 or > MaxSeconds) mistakes["expiresInSeconds"] = "must be from 1 to " + MaxSeconds.ToString(CultureInfo.InvariantCulture);
            else expires = time.GetUtcNow().AddSeconds(seconds);
        }

        return HttpFaults.Of(FaultCode.InvalidRequest, mistakes) is { } fault ? fault : new NewKey(body.Name, scopes, body.User, expires);
    }
}
