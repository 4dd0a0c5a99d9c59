using System.Collections.Immutable;
using System.Text;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;
using Google.Protobuf;

namespace Atoll.Machine.Guests.Files;

/// <summary>Arguments of file calls, checked before a connection is spent on them. The agent checks them again.</summary>
internal static class GuestPaths
{
    private const int MaxBytes = 4095;
    private const int MaxOwner = 200;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What is wrong with a path, or null.</summary>
    public static Fault? Check(string path)
    {
        if (path.Length == 0) return InvalidPath("The path is empty.");
        if (path.Contains('\0')) return InvalidPath("The path contains a NUL character.");
        try
        {
            var bytes = PathText.HasEscapes(path) ? PathText.Encode(path).Length : Strict.GetByteCount(path);
            return bytes > MaxBytes ? InvalidPath($"The path has {bytes} bytes; at most {MaxBytes} are possible.") : null;
        }
        catch (EncoderFallbackException)
        {
            return InvalidPath("The path contains half a surrogate pair, which has no UTF-8 form.");
        }
    }

    public static Fault? CheckMode(int? mode) => mode is null or (>= 0 and <= 0xFFF) ? null : Invalid("mode", "A mode is 0 to 07777 (octal).");

    public static Fault? CheckOwner(FileOwner? owner) =>
        owner is null || owner.Value.Length is > 0 and <= MaxOwner ? null : Invalid("owner", $"An owner is 'user', 'user:group' or numbers, 1 to {MaxOwner} characters.");

    public static ByteString Encode(string path) => ByteString.CopyFrom(PathText.Encode(path));

    public static Fault Invalid(string field, string detail) => new(FaultCode.InvalidRequest, FaultSide.Caller, FaultStage.Request, detail)
    {
        Fields = ImmutableDictionary<string, string>.Empty.Add(field, detail),
    };

    private static Fault InvalidPath(string detail) => new(FaultCode.InvalidPath, FaultSide.Caller, FaultStage.Request, detail);
}
