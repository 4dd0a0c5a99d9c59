using Atoll.Core.Faults;

namespace Atoll.Machine.Images;

/// <summary>
/// How a template's root filesystem is made. Builds only into the empty directory it is given, from packages and programs of this host; never touches a sandbox.
/// </summary>
internal interface ITemplateRecipe
{
    string Name { get; }

    /// <summary>Changes with everything that changes the result.</summary>
    string Digest { get; }

    /// <summary>Who runs processes by default, and where.</summary>
    string User { get; }

    string WorkingDirectory { get; }

    /// <summary>Whether a built tree is worth an archive in the cache.</summary>
    bool Cacheable { get; }

    /// <summary>Fills <paramref name="root"/>. Reports a line per step. On a fault the caller throws the directory away.</summary>
    Task<Result<Done>> BuildAsync(string root, IProgress<string> progress, CancellationToken cancellation);
}
