using System.Globalization;
using Atoll.Core.Faults;
using Atoll.Core.Machines;

namespace Atoll.Core.Sandboxes.Requests;

/// <summary>Resources, within what this host has. A default beyond it is lowered to it; a request beyond it is a mistake.</summary>
internal sealed class LimitRules(FieldErrors errors, MachineDescription host)
{
    public const double MinCpu = 0.1;
    public const int MinDiskMiB = 16;
    public const int MinProcesses = 8;
    public const int MaxProcesses = 32768;

    /// <summary>gVisor's own kernel and file server count too and take about 46 MiB idle.</summary>
    public static int MinMemoryMiB(IsolationKind isolation) => isolation is IsolationKind.GVisor ? 128 : 64;

    public double Cpu(double? asked, double otherwise)
    {
        var most = host.Limits.Cpu;
        if (asked is not { } cpu) return Math.Min(otherwise, most);
        if (!(cpu >= MinCpu && cpu <= most)) errors.Add("cpu", string.Create(CultureInfo.InvariantCulture, $"Must be {MinCpu} to {most} cores on this host."));
        return cpu;
    }

    public int Memory(long? asked, IsolationKind isolation, int otherwise) => Whole("memoryMiB", asked, otherwise, MinMemoryMiB(isolation), host.Limits.MemoryMiB, "MiB");

    public int Disk(long? asked, int otherwise) => Whole("diskMiB", asked, otherwise, MinDiskMiB, host.Limits.DiskMiB, "MiB");

    public int Processes(long? asked, int otherwise) =>
        Whole("processes", asked, otherwise, MinProcesses, Math.Min(MaxProcesses, host.Limits.Processes), "processes and threads");

    private int Whole(string field, long? asked, int otherwise, int least, int most, string unit)
    {
        if (asked is not { } value) return Math.Min(otherwise, most);
        if (value >= least && value <= most) return (int)value;
        errors.Add(field, string.Create(CultureInfo.InvariantCulture, $"Must be {least} to {most} {unit} on this host."));
        return otherwise;
    }
}
