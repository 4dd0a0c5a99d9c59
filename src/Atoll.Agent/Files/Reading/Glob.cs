using System.Text;

namespace Atoll.Agent.Files.Reading;

/// <summary>
/// A pattern on one name: <c>*</c> any characters, <c>?</c> one, <c>[a-z]</c> and <c>[!a-z]</c> one of a set, <c>\</c> takes the next one as it is; all else is itself.
/// Only the last star is ever tried again, so that no pattern takes longer than its length times the name's.
/// </summary>
internal sealed class Glob
{
    private const int MaxLength = 1024;

    private readonly Rune[] _pattern;

    public Glob(string pattern)
    {
        if (pattern.Length > MaxLength) throw FileFailure.Invalid($"A name pattern has at most {MaxLength} characters");
        _pattern = [.. pattern.EnumerateRunes()];
    }

    /// <summary>Bytes that are no UTF-8 count as one U+FFFD each sequence.</summary>
    public bool Matches(ReadOnlySpan<byte> name)
    {
        var text = Encoding.UTF8.GetString(name).EnumerateRunes().ToArray();
        int at = 0, in_ = 0, star = -1, resume = 0;
        while (in_ < text.Length)
        {
            if (at < _pattern.Length && _pattern[at].Value == '*')
            {
                (star, resume) = (at++, in_);
            }
            else if (at < _pattern.Length && Step(ref at, text[in_]))
            {
                in_++;
            }
            else if (star >= 0)
            {
                (at, in_) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }

        while (at < _pattern.Length && _pattern[at].Value == '*') at++;
        return at == _pattern.Length;
    }

    /// <summary>Matches one character and moves past its part of the pattern; leaves the place as it is when it does not match.</summary>
    private bool Step(ref int at, Rune character)
    {
        var token = _pattern[at];
        switch (token.Value)
        {
            case '?':
                at++;
                return true;
            case '[' when CloseOf(at) is > 0 and var close:
                if (!InSet(at + 1, close, character)) return false;
                at = close + 1;
                return true;
            case '\\' when at + 1 < _pattern.Length:
                if (_pattern[at + 1] != character) return false;
                at += 2;
                return true;
            default:
                if (token != character) return false;
                at++;
                return true;
        }
    }

    /// <summary>The bracket that closes a set, or −1: a lone bracket stands for itself. A bracket right after the opening belongs to the set.</summary>
    private int CloseOf(int open)
    {
        var first = open + 1 < _pattern.Length && _pattern[open + 1].Value is '!' or '^' ? open + 2 : open + 1;
        for (var i = first + 1; i < _pattern.Length; i++)
        {
            if (_pattern[i].Value == ']') return i;
        }

        return -1;
    }

    private bool InSet(int from, int close, Rune character)
    {
        var negated = _pattern[from].Value is '!' or '^';
        var found = false;
        for (var i = negated ? from + 1 : from; i < close; i++)
        {
            if (i + 2 < close && _pattern[i + 1].Value == '-')
            {
                found |= character >= _pattern[i] && character <= _pattern[i + 2];
                i += 2;
            }
            else
            {
                found |= character == _pattern[i];
            }
        }

        return found != negated;
    }
}
