using Atoll.Core.Guests.Processes;

namespace Atoll.Core.Code;

/// <summary>What the code, or what it started, wrote. Never half a character; bytes that are no UTF-8, half a character at the end among them, are U+FFFD.</summary>
public sealed record CodeText(OutputStream Stream, string Text) : CodeEvent;
