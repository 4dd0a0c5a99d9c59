namespace Atoll.Machine.Networking.Dns;

/// <summary>How many questions are under way, in all and for each slot, so that one sandbox's flood takes nothing from the others. Threads: any.</summary>
internal sealed class DnsQuota(int most, int mostPerSlot)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, int> _bySlot = [];
    private int _all;

    public long Refused { get; private set; }

    public bool TryEnter(int slot)
    {
        lock (_lock)
        {
            var own = _bySlot.GetValueOrDefault(slot);
            if (_all >= most || own >= mostPerSlot)
            {
                Refused++;
                return false;
            }

            _bySlot[slot] = own + 1;
            _all++;
            return true;
        }
    }

    public void Leave(int slot)
    {
        lock (_lock)
        {
            _all--;
            if (--_bySlot[slot] == 0) _bySlot.Remove(slot);
        }
    }
}
