using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.Code;

namespace Atoll.EndToEnd.Tests.Packages;

/// <summary>What the packages need that cannot work here (docs/packages.md): each is refused to root inside, with an errno that programs take for a refusal.</summary>
public sealed class AbsentTests(CodeServer server)
{
    private const string Tries = """
        import ctypes, errno, fcntl, os, socket
        libc = ctypes.CDLL(None, use_errno=True)
        def call(number, *arguments): return 0 if libc.syscall(number, *arguments) >= 0 else ctypes.get_errno()
        def tried(what):
            try: return what() and 0
            except OSError as refused: return refused.errno
        def device(path): return os.open(path, os.O_RDWR)
        def connected(kind, number): return tried(lambda: socket.socket(kind, socket.SOCK_RAW, number))
        for number in (
            call(272, 0x10000000), call(272, 0x20000), call(165, b"none", b"/mnt", b"tmpfs", 0, None), call(165, b"none", b"/mnt", b"fuse", 0, b"fd=0,rootmode=40000,user_id=0,group_id=0"),
            tried(lambda: fcntl.ioctl(device("/dev/net/tun"), 0x400454ca, b"t".ljust(16, b"\0") + bytes([1, 0]).ljust(24, b"\0"))),
            tried(lambda: device("/dev/kvm")), tried(lambda: device("/dev/loop-control")),
            connected(socket.AF_INET, 1), connected(socket.AF_PACKET, 0), connected(socket.AF_NETLINK, 12),
            call(298, bytes(128), 0, -1, -1, 0), call(321, 0, bytes(128), 128),
        ): print(errno.errorcode.get(number, "done"), end=" ")
        """;

    [Theory]
    [InlineData("container", "EPERM EPERM EPERM EPERM ENOENT ENOENT ENOENT EPERM EPERM EPROTONOSUPPORT EPERM EPERM ")]
    [InlineData("gvisor", "EPERM EPERM EPERM EPERM EPERM ENOENT ENOENT EPERM EPERM EPROTONOSUPPORT EPERM EPERM ")]
    public async Task WhatCannotWork_IsRefusedToRootInside(string isolation, string expected)
    {
        using var api = await server.ReadyAsync(TestContext.Current.CancellationToken);
        var id = await api.CreateAsync(new JsonObject { ["isolation"] = isolation }, TestContext.Current.CancellationToken);
        try
        {
            var tried = await api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["argv"] = new JsonArray("python3", "-c", Tries), ["user"] = "root" }, TestContext.Current.CancellationToken);
            Assert.True(tried.Json is { } done && (string)done["stdout"]! == expected, tried.Text);
        }
        finally
        {
            await api.DeleteAsync($"/v1/sandboxes/{id}", CancellationToken.None);
        }
    }
}
