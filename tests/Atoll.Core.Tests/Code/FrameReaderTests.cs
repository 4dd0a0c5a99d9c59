using System.Text;
using Atoll.Core.Code.Running;

namespace Atoll.Core.Tests.Code;

public sealed class FrameReaderTests
{
    private const string Nonce = "0123456789abcdef0123456789abcdef";
    private readonly StringBuilder _text = new();
    private readonly List<string> _frames = [];

    private FrameReader Reader(int most = 1000) =>
        new(Nonce, most, bytes => _text.Append(Encoding.Latin1.GetString(bytes)), bytes => _frames.Add(Encoding.Latin1.GetString(bytes.Span)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Read_InPiecesOfAnySize_TakesTextAndFramesApart(int size)
    {
        var bytes = Encoding.Latin1.GetBytes($"before\x1e{Nonce}+{{\"a\":\nbetween\x1e{Nonce}.1}}\nafter\x1e{Nonce}.second\n");
        var reader = Reader();
        for (var at = 0; at < bytes.Length; at += size) reader.Read(bytes.AsSpan(at, Math.Min(size, bytes.Length - at)));
        Assert.Equal(("beforebetweenafter", "{\"a\":1}|second"), (_text.ToString(), string.Join('|', _frames)));
    }

    [Fact]
    public void Read_SeparatorsOfTheCodesOwn_AreText()
    {
        var text = $"a\x1e\x1e{Nonce[..5]}!\x1e{Nonce}\n\x1e" + new string('x', 5000);
        var reader = Reader();
        reader.Read(Encoding.Latin1.GetBytes(text));
        reader.Read(Encoding.Latin1.GetBytes($"\x1e{Nonce}.frame\n"));
        Assert.Equal(text, _text.ToString());
        Assert.Equal(["frame"], _frames);
    }

    [Fact]
    public void Read_FrameAboveTheLimit_IsLostAndTheNextIsNot()
    {
        var reader = Reader(most: 10);
        for (var i = 0; i < 100; i++) reader.Read(Encoding.Latin1.GetBytes($"\x1e{Nonce}+12345\n"));
        reader.Read(Encoding.Latin1.GetBytes($"\x1e{Nonce}.6\n\x1e{Nonce}.next\n"));
        Assert.Equal((1, "next", ""), (reader.Lost, string.Join('|', _frames), _text.ToString()));
    }

    [Fact]
    public void Skip_InAFrame_ForgetsItsBeginning()
    {
        var reader = Reader();
        reader.Read(Encoding.Latin1.GetBytes($"\x1e{Nonce}+begin\n\x1e{Nonce}"));
        reader.Skip();
        reader.Read(Encoding.Latin1.GetBytes($".rest\n\x1e{Nonce}.whole\n"));
        Assert.Equal((1, "whole", ".rest\n"), (reader.Lost, string.Join('|', _frames), _text.ToString()));
    }
}
