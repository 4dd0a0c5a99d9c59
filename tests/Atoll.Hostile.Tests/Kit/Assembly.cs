using Atoll.Hostile.Tests.Kit;
using Xunit.Sdk;
using Xunit.v3;

// Each test measures the host and its neighbour: one at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(HostileServer))]
