using Microsoft.Win32.SafeHandles;

namespace Atoll.Core.Store;

/// <summary>One file of the journal, and how many of its entries are not in the database yet. Its user takes care that one thread has it at a time.</summary>
internal sealed class AuditJournalFile(string path)
{
    private static readonly byte[] NewLine = "\n"u8.ToArray();

    private readonly SafeFileHandle _file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
    private int _waiting;
    private bool _left;

    public long Length { get; private set; }

    /// <exception cref="IOException">It cannot be written; nothing has been: what is there of it is written over by the next.</exception>
    public void Add(byte[] line)
    {
        RandomAccess.Write(_file, [line, NewLine], Length);
        Length += line.Length + NewLine.Length;
        _waiting++;
    }

    /// <summary>No entry will be added.</summary>
    public void Leave()
    {
        _left = true;
        if (_waiting == 0) Remove();
    }

    public void Settle(int count)
    {
        _waiting -= count;
        if (_waiting > 0) return;
        if (_left) Remove();
        else Empty();
    }

    /// <summary>What waits stays for the next server.</summary>
    public void Close()
    {
        if (_waiting == 0) Remove();
        else _file.Dispose();
    }

    private void Empty()
    {
        if (Length == 0) return;
        RandomAccess.SetLength(_file, 0);
        Length = 0;
    }

    private void Remove()
    {
        _file.Dispose();
        File.Delete(path);
    }
}
