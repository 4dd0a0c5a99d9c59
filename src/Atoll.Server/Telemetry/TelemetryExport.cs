using Atoll.Core.Metrics;
using Atoll.Core.Tracing;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Atoll.Server.Telemetry;

/// <summary>Sends traces and metrics to a collector, where one is configured. Where none is, nothing of it is set up: no listener, no span, no cost.</summary>
internal static class TelemetryExport
{
    public static void Add(WebApplicationBuilder builder, string version)
    {
        TelemetryOptions options = new();
        builder.Configuration.GetSection(TelemetryOptions.Section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        options.OtlpEndpoint ??= Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT");
        if (string.IsNullOrWhiteSpace(options.OtlpEndpoint)) return;
        var endpoint = Check(options);

        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("atoll", serviceVersion: version))
            .WithTracing(traces => traces
                .AddSource(AtollTrace.SourceName)
                .AddAspNetCoreInstrumentation(requests =>
                {
                    requests.Filter = http => !IsProbe(http.Request.Path);

                    // A visit of a port may have its token there.
                    requests.EnrichWithHttpRequest = (span, _) => span.SetTag("url.query", null);
                })
                .AddOtlpExporter(to => To(to, options, endpoint, "v1/traces")))
            .WithMetrics(metrics => metrics
                .AddMeter(AtollMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
                .AddOtlpExporter(to => To(to, options, endpoint, "v1/metrics")));
    }

    private static void To(OtlpExporterOptions to, TelemetryOptions options, Uri endpoint, string signal)
    {
        to.Protocol = options.OtlpProtocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        to.Endpoint = to.Protocol is OtlpExportProtocol.Grpc ? endpoint : new(endpoint.AbsoluteUri.TrimEnd('/') + "/" + signal);
    }

    // They come every few seconds for ever, and say nothing.
    private static bool IsProbe(PathString path) => path == "/healthz" || path == "/readyz" || path == "/metrics";

    private static Uri Check(TelemetryOptions options)
    {
        List<string> errors = [];
        if (!Uri.TryCreate(options.OtlpEndpoint, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https")) errors.Add("Telemetry:OtlpEndpoint must be a URL such as http://127.0.0.1:4318.");
        if (options.OtlpProtocol is not ("http/protobuf" or "grpc")) errors.Add("Telemetry:OtlpProtocol must be http/protobuf or grpc.");
        return errors.Count == 0 ? endpoint! : throw new OptionsValidationException(TelemetryOptions.Section, typeof(TelemetryOptions), errors);
    }
}
