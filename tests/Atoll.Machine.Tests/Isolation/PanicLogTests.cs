using Atoll.Machine.Isolation.Runtimes;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Isolation;

public sealed class PanicLogTests
{
    [Theory]
    [InlineData("unable to read from the sync descriptor: 0, error EOF\n", null)]
    [InlineData("", null)]
    [InlineData("W0102 something\nruntime: failed to create new OS thread (have 20 already; errno=12)\nfatal error: newosproc\n\ngoroutine 1 [running]:\n", "runtime: failed to create new OS thread (have 20 already; errno=12)")]
    [InlineData("panic: out of luck\n\ngoroutine 7 [running]:\n", "panic: out of luck")]
    [InlineData("SIGABRT: abort\nPC=0x1\n", "SIGABRT: abort")]
    public void Read_OfWhatAProgramSaidLast_IsTheLineOfTheReason(string said, string? reason)
    {
        using var scratch = new Scratch();
        var path = scratch.PathOf("last-words");
        File.WriteAllText(path, said);
        Assert.Equal(reason, PanicLog.Read(path));
    }

    [Fact]
    public void Read_OfALongLine_IsItsBeginning()
    {
        using var scratch = new Scratch();
        var path = scratch.PathOf("last-words");
        File.WriteAllText(path, "panic: " + new string('x', 100_000));
        Assert.Equal(200, PanicLog.Read(path)!.Length);
    }

    [Fact]
    public void Read_OfNothing_IsNothing() => Assert.Null(PanicLog.Read("/nowhere/last-words"));
}
