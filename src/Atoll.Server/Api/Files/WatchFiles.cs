using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Http.Streams;
using Atoll.Server.Json;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Files;

internal static class WatchFiles
{
    public static Task<Results<EventStream, FaultResult>> HandleAsync(string id, GuestPath path, Call call, bool? recursive) =>
        call.OpenAsync<EventStream>(id, async sandbox =>
        {
            var watched = await sandbox.Guest.Files.WatchAsync(path.In(sandbox), recursive ?? false, call.Cancellation);
            return watched.Map(changes => new EventStream((events, over) => events.PumpAsync(
                changes,
                change => events.Write(EnumWords.Of(change.Kind), null, new ChangeView(change.Path, change.Entry is null ? null : FileView.Of(change.Entry), RawBytes.Of(change.RawPath)), FilesJson.Wire.ChangeView),
                over)));
        });
}
