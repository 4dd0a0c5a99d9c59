namespace Atoll.Agent.Calls;

/// <summary>The secret between the host and this agent. Thread-safe.</summary>
internal sealed class Token(byte[] secret)
{
    public const int Bytes = 32;
    private volatile byte[] _value = secret;

    /// <summary>From now on the old one opens nothing.</summary>
    public void Replace(byte[] secret) => _value = secret;

    /// <summary>
    /// Compares in a time that does not depend on where the first difference is. Written out because a static binary aborts on the framework's
    /// cryptography where the sandbox has no OpenSSL.
    /// </summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoOptimization | System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    public bool Matches(ReadOnlySpan<byte> given)
    {
        var value = _value;
        if (given.Length != value.Length) return false;
        var difference = 0;
        for (var index = 0; index < value.Length; index++) difference |= value[index] ^ given[index];
        return difference == 0;
    }
}
