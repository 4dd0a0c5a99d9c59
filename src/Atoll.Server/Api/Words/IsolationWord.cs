namespace Atoll.Server.Api.Words;

/// <summary>Kinds of isolation the API has words for; not every one exists on every server.</summary>
internal enum IsolationWord
{
    GVisor,
    Container,
    Microvm,
}
