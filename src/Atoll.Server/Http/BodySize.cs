namespace Atoll.Server.Http;

/// <summary>How large a request's body may be; the sizes are options.</summary>
internal enum BodySize
{
    /// <summary>A route that takes no body or a few fields.</summary>
    Small,

    /// <summary>A route whose JSON carries text of a user's: commands, stdin, replacements.</summary>
    Text,

    /// <summary>A route whose body is a stream that counts its own bytes.</summary>
    Stream,
}
