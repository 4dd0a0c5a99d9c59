using System.Collections.Immutable;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Sandboxes.Requests;
using Atoll.Core.Tests.Fakes;
using Atoll.Core.Volumes;
using Microsoft.Extensions.Options;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Sandboxes;

public sealed class RequestTests
{
    private readonly FakeMachine _machine = new();
    private readonly RequestResolver _resolver;

    public RequestTests() => _resolver = new(_machine, new(new(), Options.Create(new VolumeOptions())), Options.Create(new SandboxOptions()), TimeProvider.System);

    public static TheoryData<string, SandboxRequest> Mistakes => new()
    {
        { "name", new() { Name = "" } },
        { "name", new() { Name = "-a" } },
        { "name", new() { Name = "a-" } },
        { "name", new() { Name = "A" } },
        { "name", new() { Name = "a_b" } },
        { "name", new() { Name = "a\n" } },
        { "name", new() { Name = new('a', 64) } },
        { "name", new() { Name = "s" + new string('1', 20) } },
        { "template", new() { Template = "none" } },
        { "template", new() { Template = "../etc" } },
        { "isolation", new() { Isolation = IsolationKind.Container } },
        { "isolation", new() { Isolation = (IsolationKind)99 } },
        { "cpu", new() { Cpu = 0.09 } },
        { "cpu", new() { Cpu = 8.1 } },
        { "cpu", new() { Cpu = double.NaN } },
        { "cpu", new() { Cpu = double.PositiveInfinity } },
        { "memoryMiB", new() { MemoryMiB = 127 } },
        { "memoryMiB", new() { MemoryMiB = 65537 } },
        { "memoryMiB", new() { MemoryMiB = long.MaxValue } },
        { "memoryMiB", new() { MemoryMiB = -1 } },
        { "diskMiB", new() { DiskMiB = 15 } },
        { "diskMiB", new() { DiskMiB = (1L << 20) + 1 } },
        { "processes", new() { Processes = 7 } },
        { "processes", new() { Processes = 32769 } },
        { "env", new() { Env = Map(("", "x")) } },
        { "env", new() { Env = Map(("A=B", "x")) } },
        { "env", new() { Env = Map(("A\0", "x")) } },
        { "env", new() { Env = Map(("A", "x\0y")) } },
        { "env", new() { Env = Map(("A", "\ud800")) } },
        { "env", new() { Env = Map(("A", new string('x', 131072))) } },
        { "env", new() { Env = Map([.. Enumerable.Range(0, 1001).Select(i => ($"A{i}", ""))]) } },
        { "metadata", new() { Metadata = Map([.. Enumerable.Range(0, 65).Select(i => ($"a{i}", ""))]) } },
        { "metadata", new() { Metadata = Map(("", "x")) } },
        { "metadata", new() { Metadata = Map((new('k', 64), "x")) } },
        { "metadata", new() { Metadata = Map(("k", new string('x', 1025))) } },
        { "user", new() { User = "" } },
        { "user", new() { User = "a b" } },
        { "user", new() { User = "-1" } },
        { "user", new() { User = "2147483648" } },
        { "user", new() { User = "4294967296" } },
        { "user", new() { User = "0:2147483648" } },
        { "user", new() { User = "1:2:3" } },
        { "user", new() { User = "user:" } },
        { "workdir", new() { WorkingDirectory = "home" } },
        { "workdir", new() { WorkingDirectory = "" } },
        { "workdir", new() { WorkingDirectory = "/a\0" } },
        { "workdir", new() { WorkingDirectory = "/" + new string('é', 2048) } },
        { "lifecycle.timeoutSeconds", new() { TimeoutSeconds = -1 } },
        { "lifecycle.timeoutSeconds", new() { TimeoutSeconds = 2147483648 } },
        { "lifecycle.timeoutSeconds", new() { TimeoutSeconds = double.NaN } },
        { "lifecycle.timeoutSeconds", new() { TimeoutSeconds = double.PositiveInfinity } },
        { "lifecycle.idleSeconds", new() { IdleSeconds = double.NegativeInfinity } },
        { "lifecycle.idleSeconds", new() { IdleSeconds = 1e300 } },
        { "lifecycle.onTimeout", new() { OnTimeout = (LifecycleAction)7 } },
        { "lifecycle.onIdle", new() { OnIdle = (LifecycleAction)7 } },
        { "network.egress.default", new() { Egress = (EgressDefault)7 } },
    };

    [Theory]
    [MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public void Resolve_OneMistake_NamesTheField(string field, SandboxRequest request)
    {
        var fault = _resolver.Resolve(request).Fault;

        Assert.Equal([field], fault?.Fields.Keys);
    }

    [Fact]
    public void Resolve_EveryMistake_AllAtOnce()
    {
        var fault = ExpectFault(
            _resolver.Resolve(new SandboxRequest
            {
                Name = "A",
                Template = "none",
                Isolation = IsolationKind.Container,
                Cpu = 0,
                MemoryMiB = 0,
                DiskMiB = 0,
                Processes = 0,
                Env = Map(("", "")),
                Metadata = Map(("", "")),
                User = "",
                WorkingDirectory = "",
                TimeoutSeconds = -1,
                IdleSeconds = -1,
            }),
            FaultCode.InvalidRequest);

        Assert.Equal(13, fault.Fields.Count);
        Assert.Contains("apt install runc", fault.Fields["isolation"], StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_OnlyTemplateOrIsolation_CodeOfItsOwn()
    {
        ExpectFault(_resolver.Resolve(new SandboxRequest { Template = "none" }), FaultCode.TemplateNotFound);
        ExpectFault(_resolver.Resolve(new SandboxRequest { Isolation = IsolationKind.Container }), FaultCode.IsolationUnavailable);
        ExpectFault(_resolver.Resolve(new SandboxRequest { Isolation = IsolationKind.Container, Cpu = 0 }), FaultCode.InvalidRequest);
    }

    [Fact]
    public void Resolve_Bounds_Accepted()
    {
        var spec = Expect(_resolver.Resolve(new SandboxRequest
        {
            Name = "a" + new string('-', 61) + "0",
            Cpu = 0.1,
            MemoryMiB = 128,
            DiskMiB = 16,
            Processes = 8,
            User = "2147483647:0",
            WorkingDirectory = "/",
            TimeoutSeconds = 2147483647,
            IdleSeconds = 0.5,
            Env = Map(("é", "\n")),
            Metadata = Map((new('k', 63), new string('x', 1024))),
            Template = "minimal",
        }));

        Assert.Equal((2147483647L, 1L), (spec.Lifecycle.TimeoutSeconds, spec.Lifecycle.IdleSeconds));
    }

    [Fact]
    public void Resolve_SmallHost_DefaultsAreLowered()
    {
        _machine.Description = _machine.Description with { Limits = new(0.5, 512, 1000, 100) };

        Assert.Equal(new SandboxLimits(0.5, 512, 1000, 100), Expect(_resolver.Resolve(new SandboxRequest())).Limits);
    }

    [Fact]
    public void Resolve_Update_SameRules()
    {
        var spec = Expect(_resolver.Resolve(new SandboxRequest()));
        var fault = ExpectFault(
            _resolver.Resolve(
                new SandboxUpdate { Name = "A", Cpu = 99, MemoryMiB = 64, Processes = 1, TimeoutSeconds = double.NaN, IdleSeconds = -1, Env = Map(("=", "")), Metadata = Map(("", "")) },
                spec),
            FaultCode.InvalidRequest);

        Assert.Equal(8, fault.Fields.Count);
        Expect(_resolver.Resolve(new SandboxUpdate { Name = "", MemoryMiB = 64 }, spec with { Isolation = IsolationKind.Container }));
    }

    [Fact]
    public void Admission_CountAndMemory_RefusedWithNumbers()
    {
        _machine.Description = _machine.Description with { MemoryBytes = 1L << 30 };
        CapacityLedger capacity = new(_machine, Options.Create(new SandboxOptions { MaxLiving = 2, MemoryOvercommit = 2 }));
        var (a, b, c) = (SandboxId.New(), SandboxId.New(), SandboxId.New());

        Expect(capacity.Take(a, 1024));
        Assert.Contains("1024 MiB", ExpectFault(capacity.Take(b, 1025), FaultCode.CapacityExhausted).Detail, StringComparison.Ordinal);
        Expect(capacity.Take(b, 1024));
        Assert.Contains("at most 2", ExpectFault(capacity.Take(c, 1), FaultCode.CapacityExhausted).Detail, StringComparison.Ordinal);
        ExpectFault(capacity.Take(a, 1025), FaultCode.CapacityExhausted);
        Expect(capacity.Take(a, 512));
        capacity.GiveBack(b);
        Expect(capacity.Take(c, 1536));
    }

    private static ImmutableDictionary<string, string> Map(params (string Key, string Value)[] entries) => entries.ToImmutableDictionary(x => x.Key, x => x.Value);
}
