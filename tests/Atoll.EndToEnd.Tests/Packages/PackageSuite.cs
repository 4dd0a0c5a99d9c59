using System.Diagnostics;
using System.Globalization;
using Atoll.EndToEnd.Tests.Code;

namespace Atoll.EndToEnd.Tests.Packages;

/// <summary>
/// Everyday packages are installed and used. By itself a small and telling handful, all in one sandbox; with <c>ATOLL_PACKAGES=1</c> the whole list, each in a sandbox of its own, and with
/// <c>ATOLL_PACKAGES=nginx,chromium</c> those (an hour or two for all; the results are in <c>artifacts/logs/packages-*.tsv</c> too).
/// </summary>
public abstract class PackageSuite(CodeServer server, PackageSandbox shared, string isolation) : IAsyncLifetime
{
    private static readonly string Asked = Environment.GetEnvironmentVariable("ATOLL_PACKAGES") ?? "";
    private Api _api = null!;

    public static TheoryData<string> Names => [.. Chosen.Select(one => one.Name)];

    private static IEnumerable<PackageCase> Chosen => Asked switch
    {
        "" => PackageList.Always,
        "1" => PackageList.All,
        _ => PackageList.All.Where(one => Asked.Split(',').Contains(one.Name)),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = await server.ReadyAsync(Cancellation);
        _api.Http.Timeout = TimeSpan.FromMinutes(30);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _api.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Package_Installed_Works(string name)
    {
        var package = PackageList.All.Single(one => one.Name == name);
        Assert.SkipWhen(package.NotUnder(isolation) is not null, package.NotUnder(isolation) ?? "");
        var started = Stopwatch.GetTimestamp();
        var outcome = "failed";
        try
        {
            if (Asked.Length == 0) await UseAsync(await shared.ReadyAsync(_api, isolation, PackageList.Always, Cancellation), package);
            else await InSandboxOfItsOwnAsync(package);
            outcome = "works";
        }
        finally
        {
            if (Asked.Length > 0) Note($"{package.Name}\t{isolation}\t{outcome}\t{Stopwatch.GetElapsedTime(started).TotalSeconds:0}");
        }
    }

    private async Task InSandboxOfItsOwnAsync(PackageCase package)
    {
        var id = await shared.CreateAsync(_api, isolation, package.MemoryMiB, Cancellation);
        try
        {
            await PackageSandbox.InstallAsync(_api, id, package.Install, Cancellation);
            await UseAsync(id, package);
        }
        finally
        {
            await _api.DeleteAsync($"/v1/sandboxes/{id}", CancellationToken.None);
        }
    }

    private async Task UseAsync(string sandbox, PackageCase package)
    {
        var used = await PackageSandbox.RunAsync(_api, sandbox, "set -e\n" + package.Use, package.User, Cancellation);
        var (output, error) = ((string)used["stdout"]!, (string)used["stderr"]!);
        Assert.True((int)used["exitCode"]! == 0, $"{package.Name} under {isolation} ended with {used["exitCode"]}: {output}{error}");
        foreach (var line in package.Expected.Split('\n')) Assert.True(output.Contains(line, StringComparison.Ordinal), $"{package.Name} under {isolation} did not print '{line}': {output}{error}");
    }

    private void Note(string line)
    {
        var folder = Directory.CreateDirectory(Path.Combine(RealServer.Repository, "artifacts", "logs")).FullName;
        File.AppendAllText(Path.Combine(folder, $"packages-{isolation}.tsv"), string.Create(CultureInfo.InvariantCulture, $"{line}\n"));
    }
}
