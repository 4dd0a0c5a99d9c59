using Atoll.Core.Code;

namespace Atoll.Server.Api.Code;

/// <summary>A context.</summary>
/// <param name="Cwd">Where it began.</param>
/// <param name="Pid">Its interpreter inside the sandbox; null while none runs: the next execution starts one.</param>
/// <param name="Busy">An execution is running or waiting.</param>
internal sealed record CodeContextView(string Id, string? Name, CodeLanguage Language, string User, string Cwd, int? Pid, bool Busy)
{
    public static CodeContextView Of(CodeContext context) =>
        new(context.Id, context.Name, context.Language, context.User, context.WorkingDirectory, context.Pid, context.Busy);
}
