using System.CommandLine;
using Atoll.Client.Teams;

namespace Atoll.Cli.Options;

/// <summary>Quotas to set: those that are not given stay, 0 takes one away.</summary>
internal sealed class QuotaOptions
{
    private readonly Option<int?> _sandboxes = new("--sandboxes") { Description = "Living sandboxes; 0 for any number, here and below", HelpName = "count" };
    private readonly Option<double?> _cpu = new("--cpu") { Description = "Cores of all of them together", HelpName = "cores" };
    private readonly Option<long?> _memory = Size("--memory", "Memory of all of them together, such as 64g");
    private readonly Option<long?> _disk = Size("--disk", "Disk of all of them together, such as 500g");
    private readonly Option<int?> _creates = new("--creates-per-minute") { Description = "Creations within a minute", HelpName = "count" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_sandboxes, _cpu, _memory, _disk, _creates]) command.Add(option);
    }

    /// <summary>Null when none was given.</summary>
    public QuotaInfo? Read(ParseResult parse)
    {
        QuotaInfo quota = new(parse.GetValue(_sandboxes), parse.GetValue(_cpu), parse.GetValue(_memory), parse.GetValue(_disk), parse.GetValue(_creates));
        return quota == new QuotaInfo() ? null : quota;
    }

    private static Option<long?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "size",
        CustomParser = result =>
        {
            if (result.Tokens.Count == 0) return null;
            var text = result.Tokens[0].Value;
            var size = text == "0" ? 0 : Quantities.ParseMiB(text);
            if (size is null) result.AddError($"{name}: '{text}' is not a size such as 64g, or 0.");
            return size;
        },
    };
}
