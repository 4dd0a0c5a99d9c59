using System.Security.Cryptography;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes.Grains;

namespace Atoll.Core.Sandboxes.Requests;

/// <summary>A keep-awake lease: at most a day, so that what is forgotten ends by itself.</summary>
internal static class LeaseRules
{
    public const int MostSeconds = 86_400;
    private const int MaxName = 63;
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

    public static Result<LeaseChange> Check(double seconds, string? name)
    {
        FieldErrors errors = new();
        if (!(seconds > 0 && seconds <= MostSeconds)) errors.Add("seconds", $"Must be more than 0 and at most {MostSeconds} seconds.");
        if (name is not null && (name.Length is 0 or > MaxName || name.Any(char.IsControl) || !EnvironmentRules.IsText(name))) errors.Add("name", $"A name is 1 to {MaxName} printable characters.");
        return errors.ToFault() is { } fault ? fault : new LeaseChange("l" + RandomNumberGenerator.GetString(Alphabet, 20), name, (long)Math.Ceiling(seconds));
    }
}
