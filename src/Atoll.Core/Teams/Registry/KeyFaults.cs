using System.Globalization;
using Atoll.Core.Faults;

namespace Atoll.Core.Teams.Registry;

internal static class KeyFaults
{
    public static Fault Unauthenticated { get; } = new(
        FaultCode.Unauthenticated, FaultSide.Caller, FaultStage.Request, "No valid API key came with the request.", "Send 'Authorization: Bearer atoll_…' or 'X-API-Key: atoll_…'.");

    public static Fault KeyNotFound { get; } = new(FaultCode.KeyNotFound, FaultSide.Caller, FaultStage.Lookup, "There is no such key.", "List your keys to see their ids.");

    public static Fault Expired(KeyHolder caller) => new(
        FaultCode.KeyExpired,
        FaultSide.Caller,
        FaultStage.Request,
        string.Create(CultureInfo.InvariantCulture, $"This API key ({caller.KeyId}) expired at {caller.ExpiresAt:yyyy-MM-dd'T'HH:mm:ss'Z'}."),
        "Make a new one.");

    public static Fault TooMuch(KeyScopes lacking) => new(
        FaultCode.ForbiddenScope,
        FaultSide.Caller,
        FaultStage.Request,
        $"A key can make none that may do more than itself, and this one lacks {string.Join(", ", ScopeWords.Of(lacking))}.",
        "Ask for fewer scopes, or use a key that has these.");

    /// <summary>Told to what a key had open.</summary>
    public static Fault Revoked { get; } = new(
        FaultCode.Unauthenticated, FaultSide.Caller, FaultStage.Request, "The API key was revoked while this went on, which ended with it.", "Send a key that is valid.");

    /// <summary>Likewise, where its user was given another role.</summary>
    public static Fault MayLess { get; } = new(
        FaultCode.ForbiddenScope, FaultSide.Caller, FaultStage.Request, "The role of the API key's user was lowered while this went on, which ended with it.", "Ask again: what the key may still do, it can.");

    public static Fault Stronger(string what, KeyScopes lacking) => new(
        FaultCode.ForbiddenScope,
        FaultSide.Caller,
        FaultStage.Request,
        $"{what} may do what this key may not ({string.Join(", ", ScopeWords.Of(lacking))}), so it is not this key's to change.",
        "Use a key that has these scopes, or an operator's.");
}
