using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Atoll.Agent.Calls;
using Atoll.Agent.Files.Calls;
using Atoll.Agent.Processes.Readiness;
using Atoll.Agent.Protocol.Client;
using Atoll.Core.Faults;
using Atoll.Machine.Guests;
using Atoll.Machine.Guests.Files;
using Atoll.Machine.Guests.Linking;
using Atoll.Testing;

namespace Atoll.Agent.Tests.Files;

/// <summary>The agent's file calls behind a real connection, at work in a folder of the test's own, and the host's side that tests call.</summary>
public sealed class FilesHost : IDisposable
{
    private static readonly EventLoop Loop = StartLoop();

    private readonly Scratch _scratch = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IdleTrim _trim = new(TimeSpan.Zero, () => { }, TimeProvider.System);

    public FilesHost()
    {
        Requires.Root();
        var token = new byte[Token.Bytes];
        Random.Shared.NextBytes(token);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        var server = new CallServer(_listener, new Token(token), FileCallHandlers.AddTo([]), Loop, new OpenCalls(), _trim, TimeProvider.System);
        new Thread(server.Run) { IsBackground = true }.Start();
        Client = new AgentClient(_listener.LocalEndPoint!, token, TimeProvider.System);
        Files = new GuestFiles(new GuestCalls(new GuestLink(Client, TimeSpan.Zero, TimeProvider.System)), new StreamSeats(256));
    }

    public AgentClient Client { get; }

    /// <summary>One for all, as in an agent; it ends with the tests.</summary>
    private static EventLoop StartLoop()
    {
        var loop = EventLoop.TryCreate()!;
        loop.Start();
        return loop;
    }

    internal GuestFiles Files { get; }

    public string Folder => _scratch.Folder;

    public string PathOf(string name) => _scratch.PathOf(name);

    /// <summary>Makes a file with its parents and tells its path.</summary>
    public string Put(string name, string content = "content")
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public string PutDirectory(string name) => Directory.CreateDirectory(PathOf(name)).FullName;

    public string PutLink(string name, string target)
    {
        File.CreateSymbolicLink(PathOf(name), target);
        return PathOf(name);
    }

    public string PutFifo(string name)
    {
        Assert.Equal(0, mkfifo(PathOf(name), 0x180));
        return PathOf(name);
    }

    /// <summary>A bound unix socket, open until the test's end.</summary>
    public Socket PutSocket(string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(PathOf(name)));
        return socket;
    }

    /// <summary>Names in a folder, sorted.</summary>
    public string[] Names(string name = "") => [.. Directory.EnumerateFileSystemEntries(PathOf(name)).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public static void Fails<T>(FaultCode code, Result<T> result)
    {
        Assert.False(result.Succeeded, "It should have failed, but succeeded.");
        Assert.Equal(code, result.Fault!.Code);
    }

    public static T Succeeds<T>(Result<T> result) => result.TryGet(out var value, out var fault) ? value : throw new Xunit.Sdk.XunitException(fault.ToString());

    public static async Task<string> ReadTextAsync(Stream stream, CancellationToken cancellation)
    {
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellation);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _trim.Dispose();
        _scratch.Dispose();
    }

#pragma warning disable SYSLIB1054 // A single call of a test needs no source generator.
    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int mkfifo(string path, uint mode);
#pragma warning restore SYSLIB1054
}
