using Atoll.Bench.Bare;
using Atoll.Bench.Installing;
using Atoll.Bench.Reporting;

namespace Atoll.Bench.Running;

/// <summary>What every section works with.</summary>
internal sealed record BenchContext(Arguments Arguments, Installation Installation, BareTools Bare, Report Report);
