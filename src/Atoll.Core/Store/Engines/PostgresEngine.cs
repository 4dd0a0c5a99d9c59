using System.Data.Common;
using Atoll.Core.Faults;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Atoll.Core.Store.Engines;

/// <summary>
/// A connection that breaks empties the pool, so that the first call after the database is back finds it. Nothing is repeated here: what a write came to when its
/// connection broke is not known, and only its caller can say what that means.
/// </summary>
internal sealed class PostgresEngine(StoreOptions options) : IStoreEngine
{
    /// <summary>PostgreSQL allows 100 connections to all its users unless told otherwise.</summary>
    private const int MostConnections = 32;

    public string Name => "postgresql";

    public IDbContextFactory<AtollContext> Contexts { get; } = new EngineContexts<PostgresContext>(Options(options));

    public IStoreHold Hold { get; } = new PostgresHold(options, ExplainFailure);

    public bool IsUniqueViolation(Exception failure) => Find(failure) is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    public Fault? Explain(Exception failure) => ExplainFailure(failure);

    /// <summary>PostgreSQL tidies by itself.</summary>
    public Task TidyAsync() => Task.CompletedTask;

    /// <remarks>States and their classes: https://www.postgresql.org/docs/current/errcodes-appendix.html</remarks>
    private static Fault? ExplainFailure(Exception failure) => Find(failure) switch
    {
        null => null,
        PostgresException error => Explain(error.SqlState),
        _ => StoreFaults.Gone,
    };

    private static Fault? Explain(string state) => state switch
    {
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled => StoreFaults.Busy,
        PostgresErrorCodes.DiskFull => StoreFaults.Refused("The database cannot grow: its disk is full.", "Free space where PostgreSQL keeps its data, then try again."),
        PostgresErrorCodes.ReadOnlySqlTransaction => StoreFaults.Refused("The database is read-only.", "Connect the server to the primary, or end its recovery, then try again."),
        PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter => new(
            FaultCode.InvalidRequest, FaultSide.Caller, FaultStage.Request, "The request has a character in it that cannot be kept, such as NUL.", "Leave it out."),

        // 08 connection, 53 out of something, 57 an operator's doing, 58 the system, F0 and XX broken files or bugs of theirs.
        _ when state[..2] is "08" or "57" => StoreFaults.Gone,
        _ when state[..2] is "28" or "3D" || state == PostgresErrorCodes.InsufficientPrivilege => StoreFaults.Refused(
            $"The database refuses this server's account (PostgreSQL error {state}).", "See Store:ConnectionString, and what the account may do."),
        _ when state[..2] is "53" or "58" or "F0" or "XX" => StoreFaults.Refused($"The database failed (PostgreSQL error {state}).", "Look at the log of PostgreSQL and at its host."),
        _ => null,
    };

    public void Dispose() => Hold.Dispose();

    private static DbContextOptions<PostgresContext> Options(StoreOptions options)
    {
        DbConnectionStringBuilder said = new() { ConnectionString = options.ConnectionString };
        NpgsqlConnectionStringBuilder connection = new(options.ConnectionString) { Timeout = options.BusyTimeoutSeconds, CommandTimeout = options.BusyTimeoutSeconds };
        if (!said.ContainsKey("Maximum Pool Size")) connection.MaxPoolSize = MostConnections;
        if (!said.ContainsKey("Application Name")) connection.ApplicationName = "atoll";
        return new DbContextOptionsBuilder<PostgresContext>().UseNpgsql(connection.ToString()).Options;
    }

    private static NpgsqlException? Find(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            if (failure is NpgsqlException error) return error;
        }

        return null;
    }
}
