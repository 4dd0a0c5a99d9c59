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
}
