namespace Atoll.Server.Composition;

/// <summary>How this program ends. Stable: scripts and the unit file go by them.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>A bug; the log has its stack.</summary>
    public const int Failure = 1;

    /// <summary>The command line was not understood.</summary>
    public const int Usage = 2;

    /// <summary>The configuration is wrong.</summary>
    public const int Configuration = 3;

    /// <summary>The address cannot be listened on.</summary>
    public const int Address = 4;

    /// <summary>This host cannot run sandboxes, or another server has its state.</summary>
    public const int Machine = 5;
}
