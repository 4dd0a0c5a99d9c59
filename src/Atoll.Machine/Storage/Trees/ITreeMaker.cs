namespace Atoll.Machine.Storage.Trees;

/// <summary>How one kind of storage makes the directory that a template's files are in.</summary>
internal interface ITreeMaker
{
    void Create(string root);

    /// <summary>From now on read-only, where this kind can.</summary>
    void Seal(string root);

    /// <summary>Removes it with all that is in it. What is not there is no failure.</summary>
    void Delete(string root);
}
