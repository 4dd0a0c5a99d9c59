using Atoll.Core.Faults;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Api.Processes.Arguments;

/// <summary>The <c>?encoding=</c> of output: <c>utf8</c>, the default, or <c>base64</c>.</summary>
internal static class OutputEncoding
{
    public static Result<bool> IsBase64(string? encoding) => encoding switch
    {
        null or "utf8" => false,
        "base64" => true,
        _ => HttpFaults.Invalid("encoding", "must be utf8 or base64"),
    };
}
