using Atoll.Core.Faults;

namespace Atoll.Core.Teams.Registry;

internal static class ResultExtensions
{
    /// <summary>What a write found out, or why it could not be done at all.</summary>
    public static Result<T> Flatten<T>(this Result<Result<T>> result) => result.TryGet(out var inner, out var fault) ? inner : fault;
}
