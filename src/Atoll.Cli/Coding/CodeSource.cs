using Atoll.Cli.Errors;
using Atoll.Cli.Native;

namespace Atoll.Cli.Coding;

/// <summary>Where code comes from.</summary>
internal static class CodeSource
{
    // What the server takes by default; a larger file is refused before it is read.
    private const int MaxBytes = 8 * 1024 * 1024;

    private const int MostShown = 60;

    /// <param name="file">A path; null and <c>-</c> are stdin.</param>
    public static async Task<string> ReadAsync(string? file, CancellationToken cancellation)
    {
        if (file is null && !Console.IsInputRedirected) throw new CliException(Codes.Usage, "There is no code.", "Give it: atoll code SANDBOX -c 'x = 1', or a file, or something through a pipe");
        if (file is not null and not "-" && !File.Exists(file))
            throw new CliException(Codes.Usage, $"There is no file '{file}' here.", $"If that is the code itself, put -c before it: atoll code SANDBOX -c '{(file.Length <= MostShown ? file : file[..MostShown] + "…")}'");
        await using Stream source = file is null or "-" ? new InputStream() : File.OpenRead(file);
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await source.ReadAsync(buffer, cancellation)) > 0)
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > MaxBytes) throw new CliException(Codes.Usage, "The code is larger than 8 MiB.", "Copy it into the sandbox with: atoll cp");
        }

        return System.Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    public static string? LanguageOf(string? file) => Path.GetExtension(file) switch
    {
        ".py" or ".ipy" => "python",
        ".js" or ".mjs" or ".cjs" => "javascript",
        ".sh" or ".bash" => "bash",
        _ => null,
    };
}
