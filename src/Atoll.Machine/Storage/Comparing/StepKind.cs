namespace Atoll.Machine.Storage.Comparing;

/// <summary>What a step of a stream says of its path, as far as a comparison cares.</summary>
internal enum StepKind
{
    /// <summary>It comes, goes, or has other attributes: looking at it in both trees tells.</summary>
    Mentioned,

    /// <summary>What is in it, or its extended attributes, became other: changed, whatever its length and times say.</summary>
    Content,

    /// <summary>It is now elsewhere, and with it everything below it.</summary>
    Moved,

    End,
}
