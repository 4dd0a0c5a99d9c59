using ArchUnitNET.Fluent;
using ArchUnitNET.Loader;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Atoll.Architecture.Tests;

/// <summary>What each room may know, read from the compiled code.</summary>
public sealed class RoomTests
{
    private static readonly ArchUnitNET.Domain.Architecture House = new ArchLoader()
        .LoadAssemblies(typeof(Core.Faults.Fault).Assembly, typeof(Machine.Hosting.MachineOptions).Assembly, typeof(Program).Assembly)
        .Build();

    /// <summary>Connections is the transport abstraction that the silo is handed, to keep it from listening at all; it is no HTTP.</summary>
    [Fact]
    public void Core_KnowsNoLinuxNoHttpAndNoOtherRoom() => Check(
        Types().That().ResideInNamespaceMatching(@"^Atoll\.Core(\.|$)").Should()
            .NotDependOnAnyTypesThat().ResideInNamespaceMatching(@"^(Atoll\.(Machine|Server|Agent|Client)|Microsoft\.AspNetCore(?!\.Connections)|System\.Net\.Http|System\.Net\.Sockets)(\.|$)"));

    /// <summary>The rooms of Machine behind ports of their own: only Sandboxes puts them together, so that each can be understood and replaced alone.</summary>
    public static TheoryData<string, string> SeparateRooms => new()
    {
        { "Isolation", "Storage|Networking|Images|Guests|Sandboxes|Doctor" },
        { "Storage", "Isolation|Networking|Images|Guests|Sandboxes|Doctor" },
        { "Networking", "Isolation|Storage|Images|Guests|Sandboxes|Doctor" },
        { "Images", "Isolation|Networking|Guests|Sandboxes|Doctor" },
        { "Guests", "Isolation|Storage|Networking|Images|Sandboxes|Doctor" },
        { "Hosting", "Isolation|Storage|Networking|Images|Guests|Doctor" },
        { "Native", "Isolation|Storage|Networking|Images|Guests|Sandboxes|Doctor|Hosting" },
    };

    [Theory, MemberData(nameof(SeparateRooms))]
    public void MachineRoom_DoesNotKnowTheOthers(string room, string others) => Check(
        Types().That().ResideInNamespaceMatching($@"^Atoll\.Machine\.{room}(\.|$)").Should()
            .NotDependOnAnyTypesThat().ResideInNamespaceMatching($@"^Atoll\.Machine\.({others})(\.|$)").WithoutRequiringPositiveResults());

    private static void Check(IArchRule rule) => Assert.True(rule.HasNoViolations(House), string.Join('\n', rule.Evaluate(House).Where(result => !result.Passed).Select(result => result.Description)));
}
