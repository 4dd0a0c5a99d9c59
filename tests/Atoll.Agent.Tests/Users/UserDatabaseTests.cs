using Atoll.Agent.Users;
using Atoll.Testing;

namespace Atoll.Agent.Tests.Users;

public sealed class UserDatabaseTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public void Find_HostileLines_ArePassedOver()
    {
        File.WriteAllText(_scratch.PathOf("passwd"), "bad\nworse:x:4294967296:0::/:/bin/sh\nx:x:-1:0::/:\n:x:5:5::/:\nok:x:7:8::/home/ok:/bin/ash\n\0\n");
        File.WriteAllText(_scratch.PathOf("group"), "g:x:9:ok,other\nbad:x:99999999999:ok\n");
        var users = new UserDatabase(_scratch.PathOf("passwd"), _scratch.PathOf("group"));
        var found = users.Find("ok")!;
        Assert.Equal((7u, 8u, "/home/ok", "/bin/ash"), (found.Uid, found.Gid, found.Home, found.Shell));
        Assert.Equal([8u, 9u], found.Groups);
        Assert.Equal(9u, users.Find("ok:g")!.Gid);
        Assert.Null(users.Find("worse"));
        Assert.Null(users.Find("x"));
        Assert.Null(users.Find(""));
        Assert.Null(users.Find("ok:4294967295"));
        Assert.Null(users.Find("+1"));
    }

    [Fact]
    public void Find_FileHasChanged_SeesTheChange()
    {
        var users = new UserDatabase(_scratch.PathOf("passwd"), _scratch.PathOf("group"));
        File.WriteAllText(_scratch.PathOf("passwd"), "ok:x:7:8::/home/ok:/bin/ash\n");
        File.WriteAllText(_scratch.PathOf("group"), "g:x:9:ok\n");
        Assert.Equal([8u, 9u], users.Find("ok")!.Groups);
        Assert.Equal([8u, 9u], users.Find("ok")!.Groups);
        File.WriteAllText(_scratch.PathOf("passwd"), "ok:x:6:8::/home/ok:/bin/ash\n");
        File.WriteAllText(_scratch.PathOf("group"), "g:x:5:ok\n");
        Assert.Equal(6u, users.Find("ok")!.Uid);
        Assert.Equal([8u, 5u], users.Find("ok")!.Groups);
        File.Delete(_scratch.PathOf("passwd"));
        Assert.Null(users.Find("ok"));
    }

    [Fact]
    public void Find_FileIsADevice_IsAsIfItWereEmpty()
    {
        var users = new UserDatabase("/dev/zero", _scratch.Folder);
        Assert.Equal(0u, users.Find("root")!.Uid);
        Assert.Null(users.Find("user"));
    }

    public void Dispose() => _scratch.Dispose();
}
