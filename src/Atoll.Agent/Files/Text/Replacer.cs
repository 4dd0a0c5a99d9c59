using System.Text;
using System.Text.RegularExpressions;
using Atoll.Agent.Files.Changing;
using Atoll.Agent.Protocol.Wire;
using Google.Protobuf;

namespace Atoll.Agent.Files.Text;

/// <summary>Replaces text in files, each atomically and on its own: one that cannot be changed does not keep the others from it.</summary>
internal sealed class Replacer
{
    private const int MaxPaths = 1000;
    private const int MaxResultBytes = 64 * 1024 * 1024;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _search;
    private readonly byte[] _replacement;
    private readonly string _replacementText;
    private readonly Regex? _regex;

    private Replacer(string search, string replacement, bool regex)
    {
        if (search.Length == 0) throw FileFailure.Invalid("There is no text to search for");
        (_search, _replacement, _replacementText) = (Encoding.UTF8.GetBytes(search), Encoding.UTF8.GetBytes(replacement), replacement);
        if (regex) _regex = Expression.Parse(search, ignoreCase: false);
    }

    public static IEnumerable<Replacement> Run(Replace request, byte[] workingDirectory, Accounts accounts)
    {
        if (request.Paths.Count is 0 or > MaxPaths) throw FileFailure.Invalid($"The number of files is 1 to {MaxPaths}");
        var replacer = new Replacer(request.Search, request.Replacement, request.Regex);
        return request.Paths.Select(path => replacer.Run(path, workingDirectory, accounts));
    }

    /// <param name="path">As it was given.</param>
    private Replacement Run(ByteString path, ReadOnlySpan<byte> workingDirectory, Accounts accounts)
    {
        var outcome = new Replacement { Path = path };
        try
        {
            var full = GuestPath.Parse(path.Span, workingDirectory);
            outcome.Path = UnsafeByteOperations.UnsafeWrap(full);
            var content = TextFile.Read(full, accounts);
            var (changed, count) = _regex is null ? ReplaceBytes(content, full) : ReplaceMatches(content, full, _regex);
            if (count == 0) return outcome;
            using var writer = FileWriter.Open(full, new WriteOptions(Parents: false, Mode: null, Owner: null, Overwrite: true));
            writer.Write(changed);
            writer.Commit();
            outcome.Replaced = count;
        }
        catch (FileFailure failure)
        {
            outcome.Failure = new Failure { Code = failure.Code, Message = failure.Message };
        }

        return outcome;
    }

    private (byte[] Changed, uint Count) ReplaceBytes(byte[] content, byte[] path)
    {
        var count = content.AsSpan().Count(_search);
        if (count == 0) return (content, 0);
        var length = content.Length + ((long)count * (_replacement.Length - _search.Length));
        if (length > MaxResultBytes) throw TooLarge(path);
        var changed = new byte[length];
        ReadOnlySpan<byte> rest = content;
        var into = changed.AsSpan();
        while (rest.IndexOf(_search) is >= 0 and var at)
        {
            rest[..at].CopyTo(into);
            _replacement.CopyTo(into[at..]);
            into = into[(at + _replacement.Length)..];
            rest = rest[(at + _search.Length)..];
        }

        rest.CopyTo(into);
        return (changed, (uint)count);
    }

    private (byte[] Changed, uint Count) ReplaceMatches(byte[] content, byte[] path, Regex regex)
    {
        uint count = 0;
        long length = content.Length;
        try
        {
            var changed = regex.Replace(Strict.GetString(content), match =>
            {
                count++;
                var text = match.Result(_replacementText);
                length += text.Length - match.Length;
                return length > MaxResultBytes ? throw TooLarge(path) : text;
            });
            return (Strict.GetBytes(changed), count);
        }
        catch (DecoderFallbackException)
        {
            throw FileFailure.Invalid($"{GuestPath.Display(path)} is not UTF-8 text: a regular expression cannot be applied to it");
        }
    }

    private static FileFailure TooLarge(byte[] path) =>
        new(FailureCode.TooLarge, $"{GuestPath.Display(path)} would become larger than {MaxResultBytes >> 20} MiB");
}
