using System.Text.Json.Serialization;

namespace Atoll.Server.Json;

/// <summary>An enum as its word; numbers are refused.</summary>
internal sealed class WordConverter<T>() : JsonStringEnumConverter<T>(EnumWords.Policy, allowIntegerValues: false)
    where T : struct, Enum;
