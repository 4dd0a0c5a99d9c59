using System.Globalization;
using System.Text;
using Atoll.Core.Machines;
using Atoll.Core.Teams.Audit;
using Atoll.Server.Http;
using Atoll.Server.Json;
using Atoll.Server.Telemetry;

namespace Atoll.Server.Api.Service;

/// <summary>What is known now, in Prometheus' text format (version 0.0.4): HELP and TYPE before each family, label values escaped.</summary>
internal static class MetricsText
{
    public static string Write(RequestMetrics requests, IMachine machine, AuditFigures audit, MeterReader meters)
    {
        var text = new StringBuilder();
        Family(text, "atoll_info", "gauge", "The server's version.");
        Sample(text, "atoll_info", 1, ("version", ServerVersion.Text), ("node", machine.Description.Node), ("storage", machine.Description.Storage));
        Family(text, "atoll_isolation_available", "gauge", "1 where a kind of isolation works on this host.");
        foreach (var kind in machine.Description.Isolation) Sample(text, "atoll_isolation_available", kind.Available ? 1 : 0, ("kind", EnumWords.Of(kind.Kind)));
        Family(text, "atoll_templates", "gauge", "Templates that are ready.");
        Sample(text, "atoll_templates", machine.Templates.Count);
        Family(text, "atoll_http_requests_in_progress", "gauge", "Requests being handled, streams among them.");
        Sample(text, "atoll_http_requests_in_progress", requests.InProgress);
        Family(text, "atoll_http_request_seconds", "histogram", "How long requests took, by route and status; a stream counts from its start to its end.");
        foreach (var (route, method, status, counts) in requests.Read())
        {
            (string, string)[] labels = [("route", route), ("method", method), ("status", status.ToString(CultureInfo.InvariantCulture))];
            long sum = 0;
            for (var bucket = 0; bucket < RequestMetrics.Bounds.Length; bucket++)
                Sample(text, "atoll_http_request_seconds_bucket", sum += counts.Buckets[bucket], [.. labels, ("le", RequestMetrics.Bounds[bucket].ToString(CultureInfo.InvariantCulture))]);
            Sample(text, "atoll_http_request_seconds_bucket", counts.Count, [.. labels, ("le", "+Inf")]);
            Sample(text, "atoll_http_request_seconds_sum", counts.Seconds, labels);
            Sample(text, "atoll_http_request_seconds_count", counts.Count, labels);
        }

        Family(text, "atoll_audit_written_total", "counter", "Entries written to the audit log.");
        Sample(text, "atoll_audit_written_total", audit.Written);
        Family(text, "atoll_audit_dropped_total", "counter", "Entries of the audit log that were lost, as the database could not follow.");
        Sample(text, "atoll_audit_dropped_total", audit.Dropped);
        Family(text, "atoll_audit_waiting", "gauge", "Entries of the audit log that wait to be written.");
        Sample(text, "atoll_audit_waiting", audit.Waiting);
        Family(text, "process_resident_memory_bytes", "gauge", "Memory of the server itself.");
        Sample(text, "process_resident_memory_bytes", Environment.WorkingSet);
        Family(text, "dotnet_gc_heap_bytes", "gauge", "Managed heap.");
        Sample(text, "dotnet_gc_heap_bytes", GC.GetTotalMemory(false));
        Family(text, "dotnet_threadpool_threads", "gauge", "Threads of the pool.");
        Sample(text, "dotnet_threadpool_threads", ThreadPool.ThreadCount);
        meters.WriteTo(text);
        return text.ToString();
    }

    private static void Family(StringBuilder text, string name, string type, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void Sample(StringBuilder text, string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        text.Append(name);
        for (var index = 0; index < labels.Length; index++)
        {
            var escaped = labels[index].Value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append(index == 0 ? '{' : ',').Append(labels[index].Name).Append("=\"").Append(escaped).Append('"');
        }

        if (labels.Length > 0) text.Append('}');
        text.Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
