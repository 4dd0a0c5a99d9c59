using Atoll.Core.Faults;

namespace Atoll.Core.Store;

/// <param name="Fault">What to answer to a change meanwhile.</param>
/// <param name="ByAnother">Another server has the database, and not only nobody could be asked.</param>
internal sealed record HoldRefusal(Fault Fault, bool ByAnother);
