namespace Atoll.Cli.Errors;

/// <summary>What this program's exit status says; the table of docs/cli.md. Never renumber one.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Other = 1;
    public const int Usage = 2;
    public const int Authentication = 3;
    public const int NotFound = 4;
    public const int Conflict = 5;
    public const int Capacity = 6;
    public const int Unreachable = 7;
    public const int Timeout = 8;
    public const int Sandbox = 9;

    /// <summary>run, exec and shell: the command was not run, or its end is not known.</summary>
    public const int NotRun = 125;
    public const int NotExecutable = 126;
    public const int CommandNotFound = 127;

    /// <summary>Added to a signal's number.</summary>
    public const int SignalBase = 128;

    /// <summary>SIGPIPE's, for a reader of our output that went away.</summary>
    public const int BrokenPipe = 141;

    public static int Of(string code) => code switch
    {
        "invalid_request" or "export_invalid" or "export_unsupported" or "invalid_path" or "not_supported" or "request_too_large" or Codes.Usage => Usage,
        "unauthenticated" or "forbidden" or "forbidden_scope" or "key_expired" => Authentication,
        "not_found" or "code_context_not_found" or "sandbox_not_found" or "template_not_found" or "process_not_found" or "key_not_found" or "checkpoint_not_found" or "object_not_found" or "lease_not_found" or "port_not_exposed" or "team_not_found" or "team_user_not_found" or "file_not_found" or "user_not_found" or "volume_not_found" => NotFound,
        "name_taken" or "team_not_empty" or "idempotency_conflict" or "sandbox_ended" or "sandbox_not_running" or "sandbox_paused" or "sandbox_suspended" or "sandbox_stopped" or "sandbox_archived" or "process_ended" or "checkpoint_mismatch" or "checkpoint_damaged" or "archive_damaged" or "file_exists" or "directory_not_empty" or "volume_in_use" or "volume_read_only" => Conflict,
        "isolation_unavailable" or "capacity_exhausted" or "pool_nearly_full" or "object_store_full" or "too_many" or "no_space" or "rate_limited" or "quota_exceeded" => Capacity,
        "server_unreachable" or "connection_lost" or "shutting_down" or "store_unavailable" or "object_store_unavailable" => Unreachable,
        "timeout" => Timeout,
        "agent_unreachable" or "guest_failure" or "command_not_found" or "command_not_executable" or "working_directory_invalid" or "is_a_directory"
            or "not_a_directory" or "not_a_regular_file" or "permission_denied" or "too_large" or "offset_lost" or "interrupted" or "output_lost" or "port_not_listening" or Codes.HostileArchive => Sandbox,
        _ => Other,
    };

    /// <summary>The same for commands whose status is another program's: anything of our own is 125, so that it cannot be taken for that program's.</summary>
    public static int OfExec(string code) => code switch
    {
        "command_not_found" => CommandNotFound,
        "command_not_executable" => NotExecutable,
        _ => NotRun,
    };
}
