using Atoll.Machine.Hosting;
using Atoll.Machine.Networking.Addresses;

namespace Atoll.Machine.Networking.Slots;

/// <summary>
/// What a slot's parts are called: <c>instance-number</c>, for the interface and for the file of its namespace. The dash, which no instance's name has, keeps the prefix of
/// one installation from matching another's. Everything is found again by listing, with no record kept.
/// </summary>
internal sealed class SlotNames(MachineOptions machine, AddressPlan plan)
{
    public const string InsideInterface = "eth0";
    private readonly string _prefix = machine.Instance + "-";

    public string Folder { get; } = Path.Combine(machine.RuntimeDirectory, "netns");

    public NetworkSlot Slot(int number) =>
        new(number, Path.Combine(Folder, Name(number)), plan.Address(number), plan.Gateway(number), Name(number));

    /// <summary>Where the interface's counters stood when the slot was last armed, so that a restarted server counts on from the same zero.</summary>
    public static string BaselinePath(NetworkSlot slot) => slot.NamespacePath + ".baseline";

    public int? NumberOf(string name) =>
        name.StartsWith(_prefix, StringComparison.Ordinal) && int.TryParse(name.AsSpan(_prefix.Length), System.Globalization.NumberStyles.None, null, out var number) && Name(number) == name
            ? number
            : null;

    private string Name(int number) => $"{_prefix}{number}";
}
