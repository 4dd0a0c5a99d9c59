namespace Atoll.Core.Guests.Processes;

public enum OutputStream
{
    Stdout,
    Stderr,
    Terminal,
}
