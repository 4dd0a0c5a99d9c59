using System.Globalization;

namespace Atoll.Core.Store.Engines;

/// <summary>A connection to PostgreSQL that has the lock. Its process's id may be given again; with the time of its start it is one connection's alone.</summary>
/// <param name="Program">What it calls itself; what another account's does is not told.</param>
/// <param name="Address">Null for a local socket, or where it is not told.</param>
internal sealed record PostgresHolder(int Pid, DateTime? Since, string? Program, string? Address)
{
    public bool IsSameConnection(PostgresHolder? other) => other is not null && (Pid, Since) == (other.Pid, other.Since);

    public override string ToString()
    {
        var text = string.IsNullOrEmpty(Program) ? "an account whose connections this one may not see" : Program;
        if (Address is not null) text += $", connected from {Address}";
        if (Since is { } since) text += string.Create(CultureInfo.InvariantCulture, $", since {since:yyyy-MM-ddTHH:mm:ssZ}");
        return text + $"; PostgreSQL's process {Pid.ToString(CultureInfo.InvariantCulture)}";
    }
}
