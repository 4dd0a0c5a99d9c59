using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Http.Metadata;

namespace Atoll.Server.Api.Metering;

/// <summary>A report as CSV (RFC 4180) with a line of headings. No field needs quotes: they are ids, times and numbers. The next page's cursor is the header <c>Atoll-Next-Cursor</c>.</summary>
internal sealed class UsageCsv(UsageReportView report) : IResult, IEndpointMetadataProvider
{
    public const string ContentType = "text/csv";
    public const string CursorHeader = "Atoll-Next-Cursor";

    private const string Headings = "sandbox,at,cpuSeconds,memoryUsedMiBSeconds,memoryReservedMiBSeconds,diskMiBSeconds,egressBytes,ingressBytes,runningSeconds,pausedSeconds,suspendedSeconds,"
        + "costCpu,costMemory,costDisk,costEgress,costTotal,currency";

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(200, typeof(string), [ContentType]));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var text = new StringBuilder(Headings).Append("\r\n");
        foreach (var line in report.Items)
        {
            text.Append(CultureInfo.InvariantCulture, $"{line.Sandbox},{line.At?.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'},{line.CpuSeconds},{line.MemoryUsedMiBSeconds},{line.MemoryReservedMiBSeconds},");
            text.Append(CultureInfo.InvariantCulture, $"{line.DiskMiBSeconds},{line.EgressBytes},{line.IngressBytes},{line.RunningSeconds},{line.PausedSeconds},{line.SuspendedSeconds},");
            text.Append(CultureInfo.InvariantCulture, $"{line.Cost.Cpu},{line.Cost.Memory},{line.Cost.Disk},{line.Cost.Egress},{line.Cost.Total},{report.Currency}\r\n");
        }

        if (report.NextCursor is { } cursor) httpContext.Response.Headers[CursorHeader] = cursor;
        httpContext.Response.ContentType = ContentType + "; charset=utf-8";
        await httpContext.Response.WriteAsync(text.ToString(), httpContext.RequestAborted);
    }
}
