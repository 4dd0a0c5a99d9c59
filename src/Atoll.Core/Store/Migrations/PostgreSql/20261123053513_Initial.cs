using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Atoll.Core.Store.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal sealed partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "Audit",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    Team = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    KeyId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    UserId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Action = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Target = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Status = table.Column<int>(type: "integer", nullable: false),
                    Code = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    RemoteAddress = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    UserAgent = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    RequestId = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Audit", x => x.Sequence);
                });

            migrationBuilder.CreateTable(
                name: "Checkpoints",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Team = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Sandbox = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Kind = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Comment = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Parent = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Disk = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    SizeBytes = table.Column<long>(type: "bigint", nullable: false),
                    Spec = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Node = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    DeletedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Checkpoints", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Events",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    Team = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Sandbox = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    From = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    To = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Detail = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Events", x => x.Sequence);
                });

            migrationBuilder.CreateTable(
                name: "Journal",
                columns: table => new
                {
                    Operation = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Subject = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Data = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Journal", x => new { x.Operation, x.Subject });
                });

            migrationBuilder.CreateTable(
                name: "Sandboxes",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Team = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    State = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ReasonDetail = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Node = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    StartedAt = table.Column<long>(type: "bigint", nullable: true),
                    ExpiresAt = table.Column<long>(type: "bigint", nullable: true),
                    EndedAt = table.Column<long>(type: "bigint", nullable: true),
                    Spec = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Checkpoint = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    CheckpointWritten = table.Column<long>(type: "bigint", nullable: false),
                    EndingState = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    EndingReason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    EndingDetail = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Sandboxes", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Teams",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    QuotaSandboxes = table.Column<int>(type: "integer", nullable: false),
                    QuotaCpu = table.Column<double>(type: "double precision", nullable: false),
                    QuotaMemoryMiB = table.Column<long>(type: "bigint", nullable: false),
                    QuotaDiskMiB = table.Column<long>(type: "bigint", nullable: false),
                    QuotaCreatesPerMinute = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Teams", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Usage",
                columns: table => new
                {
                    Sandbox = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Hour = table.Column<int>(type: "integer", nullable: false),
                    Team = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CpuSeconds = table.Column<double>(type: "double precision", nullable: false),
                    MemoryUsedMiBSeconds = table.Column<double>(type: "double precision", nullable: false),
                    MemoryReservedMiBSeconds = table.Column<double>(type: "double precision", nullable: false),
                    DiskMiBSeconds = table.Column<double>(type: "double precision", nullable: false),
                    EgressBytes = table.Column<double>(type: "double precision", nullable: false),
                    IngressBytes = table.Column<double>(type: "double precision", nullable: false),
                    RunningSeconds = table.Column<double>(type: "double precision", nullable: false),
                    PausedSeconds = table.Column<double>(type: "double precision", nullable: false),
                    SuspendedSeconds = table.Column<double>(type: "double precision", nullable: false),
                    LastAt = table.Column<long>(type: "bigint", nullable: false),
                    LastCpuSeconds = table.Column<double>(type: "double precision", nullable: false),
                    LastMemoryBytes = table.Column<long>(type: "bigint", nullable: false),
                    LastDiskBytes = table.Column<long>(type: "bigint", nullable: false),
                    LastSentBytes = table.Column<long>(type: "bigint", nullable: false),
                    LastReceivedBytes = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Usage", x => new { x.Sandbox, x.Hour });
                });

            migrationBuilder.CreateTable(
                name: "Claims",
                columns: table => new
                {
                    Team = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    RequestHash = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Sandbox = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Claims", x => new { x.Team, x.Key });
                    table.ForeignKey(
                        name: "FK_Claims_Sandboxes_Sandbox",
                        column: x => x.Sandbox,
                        principalTable: "Sandboxes",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Users",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Team = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Email = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Role = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Users", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Users_Teams_Team",
                        column: x => x.Team,
                        principalTable: "Teams",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Keys",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Team = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Prefix = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Hash = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Scopes = table.Column<int>(type: "integer", nullable: false),
                    User = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    ExpiresAt = table.Column<long>(type: "bigint", nullable: true),
                    LastUsedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Keys", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Keys_Teams_Team",
                        column: x => x.Team,
                        principalTable: "Teams",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_Keys_Users_User",
                        column: x => x.User,
                        principalTable: "Users",
                        principalColumn: "Id");
                });

            migrationBuilder.CreateIndex(
                name: "IX_Audit_At_Sequence",
                table: "Audit",
                columns: new[] { "At", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_Audit_Team_At_Sequence",
                table: "Audit",
                columns: new[] { "Team", "At", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_Checkpoints_DeletedAt",
                table: "Checkpoints",
                column: "DeletedAt");

            migrationBuilder.CreateIndex(
                name: "IX_Checkpoints_Disk",
                table: "Checkpoints",
                column: "Disk");

            migrationBuilder.CreateIndex(
                name: "IX_Checkpoints_Sandbox_Name",
                table: "Checkpoints",
                columns: new[] { "Sandbox", "Name" },
                unique: true,
                filter: "\"DeletedAt\" IS NULL AND \"Name\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Checkpoints_Team_CreatedAt_Id",
                table: "Checkpoints",
                columns: new[] { "Team", "CreatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Claims_At",
                table: "Claims",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_Claims_Sandbox",
                table: "Claims",
                column: "Sandbox");

            migrationBuilder.CreateIndex(
                name: "IX_Events_At",
                table: "Events",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_Events_Sandbox_Sequence",
                table: "Events",
                columns: new[] { "Sandbox", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_Events_Team_Sequence",
                table: "Events",
                columns: new[] { "Team", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_Keys_Hash",
                table: "Keys",
                column: "Hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Keys_Team",
                table: "Keys",
                column: "Team");

            migrationBuilder.CreateIndex(
                name: "IX_Keys_User",
                table: "Keys",
                column: "User");

            migrationBuilder.CreateIndex(
                name: "IX_Sandboxes_EndedAt",
                table: "Sandboxes",
                column: "EndedAt");

            migrationBuilder.CreateIndex(
                name: "IX_Sandboxes_Team_CreatedAt_Id",
                table: "Sandboxes",
                columns: new[] { "Team", "CreatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Sandboxes_Team_Name",
                table: "Sandboxes",
                columns: new[] { "Team", "Name" },
                unique: true,
                filter: "\"EndedAt\" IS NULL AND \"Name\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Teams_Name",
                table: "Teams",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Usage_Hour",
                table: "Usage",
                column: "Hour");

            migrationBuilder.CreateIndex(
                name: "IX_Usage_Team_Hour",
                table: "Usage",
                columns: new[] { "Team", "Hour" });

            migrationBuilder.CreateIndex(
                name: "IX_Users_Team_Name",
                table: "Users",
                columns: new[] { "Team", "Name" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Audit");

            migrationBuilder.DropTable(
                name: "Checkpoints");

            migrationBuilder.DropTable(
                name: "Claims");

            migrationBuilder.DropTable(
                name: "Events");

            migrationBuilder.DropTable(
                name: "Journal");

            migrationBuilder.DropTable(
                name: "Keys");

            migrationBuilder.DropTable(
                name: "Usage");

            migrationBuilder.DropTable(
                name: "Sandboxes");

            migrationBuilder.DropTable(
                name: "Users");

            migrationBuilder.DropTable(
                name: "Teams");
        }
    }
}
