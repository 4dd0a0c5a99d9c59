namespace Atoll.Machine.Isolation.Bundles;

/// <param name="Value">What to compare with; for <c>SCMP_CMP_MASKED_EQ</c> the mask.</param>
/// <param name="ValueTwo">For <c>SCMP_CMP_MASKED_EQ</c>, what the masked argument must be.</param>
internal sealed record OciSyscallArgument(uint Index, ulong Value, ulong ValueTwo, string Op);
