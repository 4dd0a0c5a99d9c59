using System.Security.Cryptography;
using Atoll.Core.Faults;
using Atoll.Core.Objects;
using Atoll.Machine.Objects;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Doctor.Checks;

/// <summary>Puts a small object into the store that is configured, reads it and deletes it.</summary>
internal sealed class ObjectStoreCheck(IObjectStore store, IOptions<ObjectStoreOptions> options) : IDoctorCheck
{
    public string Name => "object store";

    public async Task<DoctorFinding> CheckAsync(CancellationToken cancellation)
    {
        var folder = options.Value is { Kind: ObjectStoreOptions.Local, Folder: { } wanted } && !Directory.Exists(wanted) ? wanted : null;
        try
        {
            return (await TryAsync(cancellation)).Fault is { } fault ? new(Name, DoctorStatus.Missing, fault.Detail, fault.Hint) : new(Name, DoctorStatus.Ok, $"{store.Description}: written, read and deleted");
        }
        finally
        {
            if (folder is not null) RemoveEmpty(folder);
        }
    }

    private async Task<Result<Done>> TryAsync(CancellationToken cancellation)
    {
        var key = ObjectKey.Parse("doctor/" + RandomNumberGenerator.GetHexString(16, lowercase: true));
        var written = RandomNumberGenerator.GetBytes(64);
        using MemoryStream content = new(written);
        if ((await store.PutAsync(key, content, cancellation)).Fault is { } unwritten) return unwritten;
        if (!(await store.GetAsync(key, 0, null, cancellation)).TryGet(out var stream, out var unread)) return unread;
        await using (stream)
        {
            var read = new byte[written.Length + 1];
            var count = await stream.ReadAtLeastAsync(read, read.Length, throwOnEndOfStream: false, cancellation);
            if (!read.AsSpan(0, count).SequenceEqual(written)) return ObjectFaults.Unavailable(store.Description, "what was read is not what was written.");
        }

        return await store.DeleteAsync(key, cancellation);
    }

    /// <summary>It was not there before: nobody's objects are in it, unless somebody began this moment.</summary>
    private static void RemoveEmpty(string folder)
    {
        foreach (var path in (string[])[Path.Combine(folder, "data"), Path.Combine(folder, "halves"), folder])
        {
            try
            {
                Directory.Delete(path);
            }
            catch (IOException)
            {
                // Not empty, or not there.
            }
        }
    }
}
