using System.Runtime.InteropServices;

namespace Atoll.Agent.Native;

/// <summary>Strings and string arrays as C wants them, outside the garbage-collected heap. Everything given out is valid until this is disposed.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly List<nint> _blocks = [];

    public byte* Add(ReadOnlySpan<byte> text)
    {
        var copy = (byte*)Allocate((nuint)text.Length + 1);
        text.CopyTo(new Span<byte>(copy, text.Length));
        copy[text.Length] = 0;
        return copy;
    }

    public byte** AddAll(IReadOnlyList<byte[]> texts)
    {
        var array = (byte**)Allocate((nuint)(texts.Count + 1) * (nuint)sizeof(byte*));
        for (var index = 0; index < texts.Count; index++) array[index] = Add(texts[index]);
        array[texts.Count] = null;
        return array;
    }

    public uint* AddAll(ReadOnlySpan<uint> numbers)
    {
        var array = (uint*)Allocate((nuint)(numbers.Length + 1) * sizeof(uint));
        numbers.CopyTo(new Span<uint>(array, numbers.Length));
        return array;
    }

    public void Dispose()
    {
        foreach (var block in _blocks) NativeMemory.Free((void*)block);
        _blocks.Clear();
    }

    private void* Allocate(nuint bytes)
    {
        var block = NativeMemory.Alloc(bytes);
        _blocks.Add((nint)block);
        return block;
    }
}
