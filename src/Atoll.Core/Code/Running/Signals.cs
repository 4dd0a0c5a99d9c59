namespace Atoll.Core.Code.Running;

/// <summary>signal(7), on every architecture we run on.</summary>
internal static class Signals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
}
