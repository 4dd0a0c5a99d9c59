using System.Text.Json;

namespace Atoll.Server.Api.Processes;

/// <param name="Signal">A name, such as <c>SIGTERM</c> or <c>TERM</c>, or a number.</param>
/// <param name="Group">To the process's whole group, which is the default, or to it alone.</param>
internal sealed record SignalBody(JsonElement Signal, bool? Group = null)
{
    public string Text => Signal.ValueKind is JsonValueKind.String ? Signal.GetString()! : Signal.GetRawText();
}
