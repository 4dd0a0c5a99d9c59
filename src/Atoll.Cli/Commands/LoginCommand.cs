using System.CommandLine;
using Atoll.Cli.Errors;
using Atoll.Cli.Invocation;
using Atoll.Cli.Native;
using Atoll.Cli.Output;
using Atoll.Cli.Terminals;

namespace Atoll.Cli.Commands;

/// <summary>Keeps a server's URL and key for later commands.</summary>
internal sealed class LoginCommand() : AtollCommand(
    "login",
    "Keep a server's URL (from --url) and API key for later commands, after trying them. The key is read from ATOLL_API_KEY, else from stdin, where it is not shown.",
    "atoll login --url http://10.0.0.5:7800",
    "atoll login < key.txt")
{
    // A key is 49 characters; more than this is something else.
    private const int LongestKey = 512;

    public override async Task<int> RunAsync(ParseResult parse, CommandContext context, CancellationToken cancellation)
    {
        var url = context.Settings.Url;
        var key = Environment.GetEnvironmentVariable("ATOLL_API_KEY") is { Length: > 0 } given ? given : await Task.Run(() => ReadKey(context), cancellation).WaitAsync(cancellation);
        if (key.Length == 0) throw new CliException(Codes.Usage, "No API key was given.", "The first start of the server prints one; make others with: atoll key create NAME");
        var who = await context.ClientFor(new(url, key)).Service.WhoAmIAsync(cancellation);
        var text = url.AbsoluteUri.TrimEnd('/');
        context.Store.Write(new(text, key));
        if (context.Output.Json) context.Output.JsonLine(new LoginJson(text, who.Team, who.TeamName, who.KeyName, context.Store.Path), CliJson.Default.LoginJson);
        else context.Output.Line($"{text}: you are {Safe.Line(who.TeamName ?? who.Team)}, with the key {Safe.Line(who.KeyName ?? who.KeyId ?? "given")}. Kept in {context.Store.Path}");
        return 0;
    }

    private static string ReadKey(CommandContext context)
    {
        // Raw mode shows nothing of what is typed; it ends with Enter, or is left with Ctrl-C or Ctrl-D.
        using var raw = context.Output.StdinIsTerminal ? RawTerminal.Enter() : null;
        if (raw is not null) context.Output.Error("API key: ");
        using var stdin = new InputStream();
        var key = new List<byte>();
        var one = new byte[1];
        while (key.Count < LongestKey && stdin.Read(one) == 1 && one[0] is not ((byte)'\n' or (byte)'\r' or 3 or 4))
        {
            if (one[0] is 127 or 8 && raw is not null) key.RemoveRange(Math.Max(0, key.Count - 1), Math.Min(1, key.Count));
            else key.Add(one[0]);
        }

        if (raw is not null) context.Output.Error("\r\n");
        return one[0] == 3 ? "" : System.Text.Encoding.ASCII.GetString(key.ToArray()).Trim();
    }
}
