using System.Text.Json.Serialization;
using Atoll.Client.Auditing;
using Atoll.Client.Checkpoints;
using Atoll.Client.Code;
using Atoll.Client.Events;
using Atoll.Client.Files;
using Atoll.Client.Keys;
using Atoll.Client.Metering;
using Atoll.Client.Ports;
using Atoll.Client.Processes;
using Atoll.Client.Sandboxes;
using Atoll.Client.Service;
using Atoll.Client.Teams;
using Atoll.Client.Volumes;

namespace Atoll.Client.Wire;

/// <summary>How what the API answers is read, and written again (every field, null ones too, so that what is written has one form).</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AtollPage<SandboxInfo>))]
[JsonSerializable(typeof(AtollPage<LeaseInfo>))]
[JsonSerializable(typeof(AtollPage<CheckpointInfo>))]
[JsonSerializable(typeof(DiffInfo))]
[JsonSerializable(typeof(ForkReply))]
[JsonSerializable(typeof(ExportInfo))]
[JsonSerializable(typeof(StoredExportInfo))]
[JsonSerializable(typeof(AtollPage<StoredExportInfo>))]
[JsonSerializable(typeof(TransferInfo))]
[JsonSerializable(typeof(CheckpointInfo))]
[JsonSerializable(typeof(VolumeInfo))]
[JsonSerializable(typeof(AtollPage<VolumeInfo>))]
[JsonSerializable(typeof(AtollPage<SandboxEventInfo>))]
[JsonSerializable(typeof(AtollPage<ProcessInfo>))]
[JsonSerializable(typeof(AtollPage<PortInfo>))]
[JsonSerializable(typeof(ExposedPortInfo))]
[JsonSerializable(typeof(AtollPage<KeyInfo>))]
[JsonSerializable(typeof(AtollPage<TeamInfo>))]
[JsonSerializable(typeof(AtollPage<UserInfo>))]
[JsonSerializable(typeof(AtollPage<AuditInfo>))]
[JsonSerializable(typeof(AtollPage<LogLine>))]
[JsonSerializable(typeof(AtollPage<UsageSample>))]
[JsonSerializable(typeof(AtollPage<FileEntryInfo>))]
[JsonSerializable(typeof(ExecResult))]
[JsonSerializable(typeof(AtollPage<CodeContextInfo>))]
[JsonSerializable(typeof(CodeReply))]
[JsonSerializable(typeof(CodeStart))]
[JsonSerializable(typeof(CodeEnd))]
[JsonSerializable(typeof(CodeHappening))]
[JsonSerializable(typeof(CreatedKey))]
[JsonSerializable(typeof(WhoAmI))]
[JsonSerializable(typeof(ServerInfo))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(UsageReportInfo))]
[JsonSerializable(typeof(UsageRatesInfo))]
public sealed partial class AtollJson : JsonSerializerContext;
