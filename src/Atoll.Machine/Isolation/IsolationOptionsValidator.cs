using Microsoft.Extensions.Options;

namespace Atoll.Machine.Isolation;

/// <summary>All that is wrong with <see cref="IsolationOptions"/>, at once, each with its key.</summary>
internal sealed class IsolationOptionsValidator : IValidateOptions<IsolationOptions>
{
    private const int MostStarts = 1024;
    private const uint LeastUid = 65536;

    /// <summary>2^31: beyond it some programs read a negative number.</summary>
    private const long MostUid = 1L << 31;

    public ValidateOptionsResult Validate(string? name, IsolationOptions options)
    {
        List<string> wrong = [];
        Program(nameof(options.RunscPath), options.RunscPath);
        Program(nameof(options.RuncPath), options.RuncPath);
        Time(nameof(options.StartTimeLimit), options.StartTimeLimit);
        Time(nameof(options.ProbeTimeLimit), options.ProbeTimeLimit);
        Time(nameof(options.RemoveTimeLimit), options.RemoveTimeLimit);
        Time(nameof(options.FreezeTimeLimit), options.FreezeTimeLimit);
        Time(nameof(options.MemoryTimeLimit), options.MemoryTimeLimit);
        if (options.MaxConcurrentStarts is < 1 or > MostStarts) Wrong(nameof(options.MaxConcurrentStarts), $"must be 1 to {MostStarts}");
        if (options.IdleTimerSlack < TimeSpan.Zero || options.IdleTimerSlack > TimeSpan.FromSeconds(1)) Wrong(nameof(options.IdleTimerSlack), "must be 0 to 1 s");
        if (options.Vessels is < 0 or > 100) Wrong(nameof(options.Vessels), "must be 0 to 100");
        if (options.VesselMemory < TimeSpan.FromSeconds(10) || options.VesselMemory > TimeSpan.FromDays(1)) Wrong(nameof(options.VesselMemory), "must be 10 s to 24 h");
        if (options.RunscFlags.Any(flag => !flag.StartsWith('-'))) Wrong(nameof(options.RunscFlags), "must all begin with '-'");
        if (!Enum.IsDefined(options.ContainerLauncher)) Wrong(nameof(options.ContainerLauncher), "must be builtin or runc");
        if (!Path.IsPathRooted(options.LauncherPath)) Wrong(nameof(options.LauncherPath), "must be an absolute path");
        if (options.FirstUid < LeastUid) Wrong(nameof(options.FirstUid), $"must be at least {LeastUid}, above the host's own users");
        if (options.UidRanges < 1 || options.FirstUid + (options.UidRanges * 65536L) > MostUid) Wrong(nameof(options.UidRanges), $"must be at least 1, and {nameof(options.FirstUid)} with 65536 for each at most {MostUid}");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);

        void Program(string key, string value)
        {
            if (value.Length == 0 || (value.Contains('/') && !Path.IsPathRooted(value))) Wrong(key, "must be a program's name or an absolute path");
        }

        void Time(string key, TimeSpan value)
        {
            if (value <= TimeSpan.Zero || value > TimeSpan.FromHours(1)) Wrong(key, "must be more than nothing and at most an hour");
        }

        void Wrong(string key, string what) => wrong.Add($"{IsolationOptions.Section}:{key} {what}.");
    }
}
