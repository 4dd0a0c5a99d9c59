using Atoll.Core.Code;
using Atoll.Core.Guests.Processes;
using Atoll.Server.Http.Streams;

namespace Atoll.Server.Api.Code;

/// <summary>An execution's events as server-sent ones. A code's own failure is <c>failed</c>: <c>error</c> says that the stream broke off.</summary>
internal static class CodeEvents
{
    public static void Write(EventWriter events, CodeEvent happened)
    {
        switch (happened)
        {
            case CodeStarted started:
                events.Write("start", null, new CodeStartEvent(started.Context, started.Language, started.ExecutionCount, started.Restarted), CodeJson.Wire.CodeStartEvent);
                break;
            case CodeText text:
                events.Write(text.Stream is OutputStream.Stderr ? "stderr" : "stdout", null, new CodeTextEvent(text.Text), CodeJson.Wire.CodeTextEvent);
                break;
            case CodeResult result:
                events.Write("result", null, CodeResultView.Of(result), CodeJson.Wire.CodeResultView);
                break;
            case CodeError error:
                events.Write("failed", null, CodeErrorView.Of(error), CodeJson.Wire.CodeErrorView);
                break;
            case CodeEnded ended:
                events.Write("end", null, new CodeEndEvent(ended.TimedOut, ended.Interrupted, ended.StateLost, ended.Truncated, ended.StdoutBytes, ended.StderrBytes, Milliseconds(ended)), CodeJson.Wire.CodeEndEvent);
                break;
        }
    }

    public static double Milliseconds(CodeEnded ended) => Math.Round(ended.Duration.TotalMilliseconds, 3);
}
