namespace Atoll.Machine.Storage.Streams;

/// <summary>What the steps of a stream are done to.</summary>
internal interface IStreamTarget
{
    /// <summary>Does one step, which has been checked by <see cref="StreamRules"/>.</summary>
    /// <exception cref="InvalidDataException">It cannot be done here.</exception>
    void Apply(in StreamCommand command);
}
