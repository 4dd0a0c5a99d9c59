using Atoll.Core.Faults;
using Atoll.Machine.Hosting;

namespace Atoll.Machine.Images.Recipes;

/// <summary><c>minimal</c>: a static busybox with its links, and a user. For what needs a shell and no more; built in well under a second.</summary>
internal sealed class MinimalRecipe : ITemplateRecipe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly string[] Places = ["/bin/busybox", "/usr/bin/busybox"];
    private static readonly string[] Folders = ["bin", "dev", "etc", "home", "home/user", "proc", "root", "run", "sys", "tmp", "usr", "usr/bin", "usr/sbin", "sbin", "var", "var/tmp"];

    private static readonly (string Path, string Text)[] Files =
    [
        ("etc/passwd", $"root:x:0:0:root:/root:/bin/sh\n{GuestUser.Name}:x:1000:1000::{GuestUser.Home}:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"),
        ("etc/group", $"root:x:0:\n{GuestUser.Name}:x:1000:\nnogroup:x:65534:\n"),
        ("etc/hosts", "127.0.0.1 localhost\n"),
        ("etc/hostname", "sandbox\n"),
        ("etc/resolv.conf", ""),
        ("etc/os-release", "ID=atoll-minimal\nPRETTY_NAME=\"Atoll minimal (busybox)\"\n"),
    ];

    public string Name => "minimal";

    public string Digest => RecipeDigest.Of([.. Folders, .. Files.Select(file => file.Path + file.Text), BusyBox() is { } path ? new FileInfo(path).Length.ToString(System.Globalization.CultureInfo.InvariantCulture) : "none"]);

    public string User => GuestUser.Name;

    public string WorkingDirectory => GuestUser.Home;

    public bool Cacheable => false;

    public async Task<Result<Done>> BuildAsync(string root, IProgress<string> progress, CancellationToken cancellation)
    {
        if (BusyBox() is not { } busybox)
            return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Template, "The minimal template needs a static busybox, which this host lacks.", "Install it: apt install busybox-static.");

        progress.Report($"busybox from {busybox}");
        foreach (var folder in Folders) Directory.CreateDirectory(Path.Combine(root, folder));
        foreach (var (path, text) in Files) await File.WriteAllTextAsync(Path.Combine(root, path), text, cancellation);
        File.Copy(busybox, Path.Combine(root, "bin/busybox"));
        File.SetUnixFileMode(Path.Combine(root, "tmp"), (UnixFileMode)0b1_111_111_111);
        File.SetUnixFileMode(Path.Combine(root, "var/tmp"), (UnixFileMode)0b1_111_111_111);
        return await FinishAsync(root, cancellation);
    }

    /// <summary>busybox knows its own applets; chroot, so that the links are relative to the new root.</summary>
    private static async Task<Result<Done>> FinishAsync(string root, CancellationToken cancellation)
    {
        var linked = await HostCommand.RunAsync(["chroot", root, "/bin/busybox", "--install", "-s", "/bin"], Limit, cancellation);
        if (linked.Succeeded) linked = await HostCommand.RunAsync(["chown", $"{GuestUser.Id}:{GuestUser.Id}", Path.Combine(root, "home/user")], Limit, cancellation);
        return linked.Succeeded
            ? Done.Value
            : new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Template, $"The minimal template could not be built: {linked.Summary}", "Is this busybox static (package busybox-static)?");
    }

    private static string? BusyBox() => Places.FirstOrDefault(File.Exists);
}
