namespace Atoll.Core.Checkpoints.Moving;

/// <summary>What an export says of the memory in its files. Data: it decides nothing but whether this server can read it.</summary>
/// <param name="Runtime">The version line of the runtime that saved it, which alone can read it.</param>
/// <param name="Agent">SHA-256 of the agent's program that runs in it.</param>
/// <param name="Token">Opens that agent until it is given another, which is the first that happens; in base64.</param>
internal sealed record ExportMemory(string Runtime, string Agent, byte[] Token);
