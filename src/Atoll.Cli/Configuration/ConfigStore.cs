using System.Text.Json;
using Atoll.Cli.Errors;
using Atoll.Cli.Output;

namespace Atoll.Cli.Configuration;

/// <summary>Reads and writes the configuration file, which holds a secret: mode 0600, in a folder of mode 0700.</summary>
internal sealed class ConfigStore(string home)
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    // A configuration is a few hundred bytes; more is something else.
    private const long LargestFile = 64 * 1024;

    public string Path { get; } = System.IO.Path.Combine(home, ".config", "atoll", "config.json");

    /// <summary>Null when there is none.</summary>
    public ConfigFile? Read(CliOutput output)
    {
        try
        {
            var file = new FileInfo(Path);
            if (!file.Exists) return null;
            if ((file.UnixFileMode & Others) != 0) output.ErrorLine($"warning: {Path} holds your API key and others can read or change it. What to do: chmod 600 {Path}");
            if (file.Length > LargestFile) throw new CliException(Codes.Usage, $"{Path} is no configuration: it is {file.Length} bytes long.", "Remove it and run: atoll login");
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path), ConfigJson.Default.ConfigFile);
        }
        catch (JsonException failure)
        {
            throw new CliException(Codes.Usage, $"{Path} cannot be read: {failure.Message}", "Correct it, or remove it and run: atoll login", failure);
        }
        catch (UnauthorizedAccessException failure)
        {
            // Somebody else's file: what the environment says may be enough.
            output.ErrorLine($"warning: {Path} cannot be read: {failure.Message}");
            return null;
        }
    }

    /// <summary>Replaces the file as a whole; nobody else can read it at any moment.</summary>
    public void Write(ConfigFile config)
    {
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var temporary = Path + ".new";
        File.Delete(temporary);
        using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            JsonSerializer.Serialize(file, config, ConfigJson.Default.ConfigFile);
        File.Move(temporary, Path, overwrite: true);
    }
}
