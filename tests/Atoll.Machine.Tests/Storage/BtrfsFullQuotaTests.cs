using Atoll.Machine.Storage;

namespace Atoll.Machine.Tests.Storage;

/// <summary>The same on full quotas, which kernels before 6.7 have.</summary>
public sealed class BtrfsFullQuotaTests : BtrfsStorageTests
{
    private protected override StorageOptions Options
    {
        get
        {
            var options = base.Options;
            options.Quota = "full";
            return options;
        }
    }
}
