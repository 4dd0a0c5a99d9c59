namespace Atoll.Machine.Storage.Streams;

/// <summary>Counts the zeros of a difference as they come by. The kernel tells what became a hole since the base as zeros, however long it is.</summary>
internal sealed class ZeroBound(long most) : IStreamTarget
{
    private long _zeros;

    /// <exception cref="ZeroBoundException">There are more than may be.</exception>
    public void Apply(in StreamCommand command)
    {
        if (command.Code is not StreamCode.Write) return;
        var data = command.Bytes(StreamField.Data);
        if (!data.ContainsAnyExcept((byte)0) && (_zeros += data.Length) > most) throw new ZeroBoundException();
    }
}
