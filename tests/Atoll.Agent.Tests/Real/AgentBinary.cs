namespace Atoll.Agent.Tests.Real;

/// <summary>The agent as it is shipped.</summary>
internal static class AgentBinary
{
    public static string Path
    {
        get
        {
            var root = new DirectoryInfo(AppContext.BaseDirectory);
            while (root is not null && !File.Exists(System.IO.Path.Combine(root.FullName, "Atoll.slnx"))) root = root.Parent;
            var binary = System.IO.Path.Combine(root!.FullName, "artifacts/dist/agent/atoll-agent");
            return File.Exists(binary) ? binary : throw new InvalidOperationException($"{binary} is not there. Run ./test, which builds it.");
        }
    }
}
