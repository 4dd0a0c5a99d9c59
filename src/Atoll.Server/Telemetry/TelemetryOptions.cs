namespace Atoll.Server.Telemetry;

/// <summary>Where traces and metrics are sent. Section <c>Telemetry</c>. Prometheus reads <c>/metrics</c> whatever is said here.</summary>
internal sealed class TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>
    /// An OpenTelemetry collector, such as <c>http://127.0.0.1:4318</c>. Default: what <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says; without either nothing is sent, and spans are
    /// not even made. Further settings are OpenTelemetry's own variables (<c>OTEL_EXPORTER_OTLP_HEADERS</c>, <c>OTEL_TRACES_SAMPLER</c>, …).
    /// </summary>
    public string? OtlpEndpoint { get; set; }

    /// <summary><c>http/protobuf</c> (default) or <c>grpc</c>.</summary>
    public string OtlpProtocol { get; set; } = "http/protobuf";
}
