using Atoll.Agent.Calls;
using Atoll.Agent.Files.Changing;
using Atoll.Agent.Files.Reading;
using Atoll.Agent.Files.Text;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Calls;

/// <summary>The file calls of agent.proto and what answers them.</summary>
internal static class FileCallHandlers
{
    /// <summary>Relative paths start here.</summary>
    private static readonly byte[] WorkingDirectory = "/"u8.ToArray();

    public static Dictionary<Call.RequestOneofCase, ICallHandler> AddTo(Dictionary<Call.RequestOneofCase, ICallHandler> handlers)
    {
        var accounts = new AccountFiles();
        handlers[Call.RequestOneofCase.Stat] = new EntryHandler(accounts, (call, users, _) => Entries.Stat(Parse(call.Stat.Path), call.Stat.FollowSymlink, users));
        handlers[Call.RequestOneofCase.List] = new SequenceHandler(accounts, (call, users, hungUp) =>
            Lister.Run(Parse(call.List.Path), call.List.Depth, call.List.Pattern, users, hungUp).Select(entry => new Output { Entry = entry }));
        handlers[Call.RequestOneofCase.Read] = new ReadHandler(accounts);
        handlers[Call.RequestOneofCase.Write] = new WriteHandler(accounts);
        handlers[Call.RequestOneofCase.MakeDirectory] = new EntryHandler(accounts, (call, users, _) => Make(call.MakeDirectory, users));
        handlers[Call.RequestOneofCase.Move] = new EntryHandler(accounts, (call, users, hungUp) =>
            Mover.Run(Parse(call.Move.From), Parse(call.Move.To), call.Move.Overwrite, users, hungUp));
        handlers[Call.RequestOneofCase.Copy] = new EntryHandler(accounts, (call, users, hungUp) =>
            Copier.Run(Parse(call.Copy.From), Parse(call.Copy.To), call.Copy.Recursive, call.Copy.Overwrite, users, hungUp));
        handlers[Call.RequestOneofCase.Remove] = new DoneHandler(accounts, (call, _, hungUp) => Remover.Run(Parse(call.Remove.Path), call.Remove.Recursive, hungUp));
        handlers[Call.RequestOneofCase.ChangeMode] = new DoneHandler(accounts, (call, _, hungUp) =>
            ModeChanger.Run(Parse(call.ChangeMode.Path), call.ChangeMode.Mode, call.ChangeMode.Recursive, hungUp));
        handlers[Call.RequestOneofCase.ChangeOwner] = new DoneHandler(accounts, (call, users, hungUp) =>
            OwnerChanger.Run(Parse(call.ChangeOwner.Path), users.Resolve(call.ChangeOwner.Owner), call.ChangeOwner.Recursive, hungUp));
        handlers[Call.RequestOneofCase.Find] = new SequenceHandler(accounts, (call, _, hungUp) =>
            Finder.Run(Parse(call.Find.Path), call.Find, hungUp).Select(match => new Output { Match = match }));
        handlers[Call.RequestOneofCase.Replace] = new SequenceHandler(accounts, (call, users, _) =>
            Replacer.Run(call.Replace, WorkingDirectory, users).Select(replacement => new Output { Replacement = replacement }));
        handlers[Call.RequestOneofCase.Watch] = new WatchHandler(accounts);
        handlers[Call.RequestOneofCase.Archive] = new ArchiveHandler(accounts);
        handlers[Call.RequestOneofCase.Extract] = new ExtractHandler(accounts);
        return handlers;
    }

    public static byte[] Parse(Google.Protobuf.ByteString path) => GuestPath.Parse(path.Span, WorkingDirectory);

    /// <summary>No text: no owner was given.</summary>
    public static Ownership? Owner(string owner, Accounts accounts) => owner.Length == 0 ? null : accounts.Resolve(owner);

    public static uint? Mode(bool given, uint mode) => !given ? null : mode <= 0xFFF ? mode : throw FileFailure.Invalid("A mode is 0 to 07777");

    private static Entry Make(MakeDirectory request, Accounts accounts) =>
        DirectoryMaker.Run(Parse(request.Path), request.Parents, Mode(request.HasMode, request.Mode), Owner(request.Owner, accounts), accounts);
}
