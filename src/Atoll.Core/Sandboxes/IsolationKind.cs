namespace Atoll.Core.Sandboxes;

/// <summary>How strong the wall around a sandbox is.</summary>
public enum IsolationKind
{
    /// <summary>A kernel of its own in user space (<c>runsc</c>). The default.</summary>
    GVisor,

    /// <summary>Namespaces, cgroups, seccomp and a small capability set on the host's kernel (<c>runc</c>).</summary>
    Container,
}
