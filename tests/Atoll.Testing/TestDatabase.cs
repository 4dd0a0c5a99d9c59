using System.Data.Common;
using System.Diagnostics;
using Xunit;

namespace Atoll.Testing;

/// <summary>An empty database of a test's own; disposing it drops it.</summary>
public sealed class TestDatabase(string connectionString, Func<Task> drop) : IAsyncDisposable
{
    public string ConnectionString => connectionString;

    /// <summary>One row's one value, as text.</summary>
    public async Task<string> AskAsync(string sql, CancellationToken cancellation)
    {
        using var psql = Process.Start(Psql("-c", sql))!;
        psql.StandardInput.Close();
        var (output, error) = (psql.StandardOutput.ReadToEndAsync(cancellation), psql.StandardError.ReadToEndAsync(cancellation));
        await psql.WaitForExitAsync(cancellation);
        Assert.True(psql.ExitCode == 0, await error);
        return (await output).Trim();
    }

    /// <summary>A session of somebody else's, which has said this and stays until it is disposed.</summary>
    public IAsyncDisposable Hold(string sql)
    {
        var psql = Process.Start(Psql())!;
        psql.StandardInput.WriteLine(sql + ";");
        psql.StandardInput.Flush();
        return new Session(psql);
    }

    public async ValueTask DisposeAsync() => await drop();

    private ProcessStartInfo Psql(params string[] arguments)
    {
        DbConnectionStringBuilder parts = new() { ConnectionString = connectionString };
        return new ProcessStartInfo("psql", ["-h", Part("Host"), "-p", Part("Port"), "-U", Part("Username"), "-d", Part("Database"), "-X", "-A", "-t", "-q", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        string Part(string name) => (string)parts[name];
    }

    private sealed class Session(Process psql) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            psql.Kill();
            await psql.WaitForExitAsync();
            psql.Dispose();
        }
    }
}
