using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Atoll.Core.Store.Migrations.Sqlite
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
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Team = table.Column<string>(type: "TEXT", nullable: true),
                    KeyId = table.Column<string>(type: "TEXT", nullable: true),
                    UserId = table.Column<string>(type: "TEXT", nullable: true),
                    Action = table.Column<string>(type: "TEXT", nullable: false),
                    Target = table.Column<string>(type: "TEXT", nullable: true),
                    Status = table.Column<int>(type: "INTEGER", nullable: false),
                    Code = table.Column<string>(type: "TEXT", nullable: true),
                    RemoteAddress = table.Column<string>(type: "TEXT", nullable: true),
                    UserAgent = table.Column<string>(type: "TEXT", nullable: true),
                    RequestId = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Audit", x => x.Sequence);
                });

            migrationBuilder.CreateTable(
                name: "Checkpoints",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Team = table.Column<string>(type: "TEXT", nullable: false),
                    Sandbox = table.Column<string>(type: "TEXT", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: true),
                    Comment = table.Column<string>(type: "TEXT", nullable: true),
                    Parent = table.Column<string>(type: "TEXT", nullable: true),
                    Disk = table.Column<string>(type: "TEXT", nullable: false),
                    SizeBytes = table.Column<long>(type: "INTEGER", nullable: false),
                    Spec = table.Column<string>(type: "TEXT", nullable: false),
                    Node = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    DeletedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Checkpoints", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Events",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Team = table.Column<string>(type: "TEXT", nullable: false),
                    Sandbox = table.Column<string>(type: "TEXT", nullable: false),
                    Type = table.Column<string>(type: "TEXT", nullable: false),
                    From = table.Column<string>(type: "TEXT", nullable: true),
                    To = table.Column<string>(type: "TEXT", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", nullable: true),
                    Detail = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Events", x => x.Sequence);
                });

            migrationBuilder.CreateTable(
                name: "Journal",
                columns: table => new
                {
                    Operation = table.Column<string>(type: "TEXT", nullable: false),
                    Subject = table.Column<string>(type: "TEXT", nullable: false),
                    Data = table.Column<string>(type: "TEXT", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Journal", x => new { x.Operation, x.Subject });
                });

            migrationBuilder.CreateTable(
                name: "Sandboxes",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Team = table.Column<string>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: true),
                    State = table.Column<string>(type: "TEXT", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", nullable: true),
                    ReasonDetail = table.Column<string>(type: "TEXT", nullable: true),
                    Node = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: true),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Spec = table.Column<string>(type: "TEXT", nullable: false),
                    Checkpoint = table.Column<string>(type: "TEXT", nullable: true),
                    CheckpointWritten = table.Column<long>(type: "INTEGER", nullable: false),
                    EndingState = table.Column<string>(type: "TEXT", nullable: true),
                    EndingReason = table.Column<string>(type: "TEXT", nullable: true),
                    EndingDetail = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Sandboxes", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Teams",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    QuotaSandboxes = table.Column<int>(type: "INTEGER", nullable: false),
                    QuotaCpu = table.Column<double>(type: "REAL", nullable: false),
                    QuotaMemoryMiB = table.Column<long>(type: "INTEGER", nullable: false),
                    QuotaDiskMiB = table.Column<long>(type: "INTEGER", nullable: false),
                    QuotaCreatesPerMinute = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Teams", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Usage",
                columns: table => new
                {
                    Sandbox = table.Column<string>(type: "TEXT", nullable: false),
                    Hour = table.Column<int>(type: "INTEGER", nullable: false),
                    Team = table.Column<string>(type: "TEXT", nullable: false),
                    CpuSeconds = table.Column<double>(type: "REAL", nullable: false),
                    MemoryUsedMiBSeconds = table.Column<double>(type: "REAL", nullable: false),
                    MemoryReservedMiBSeconds = table.Column<double>(type: "REAL", nullable: false),
                    DiskMiBSeconds = table.Column<double>(type: "REAL", nullable: false),
                    EgressBytes = table.Column<double>(type: "REAL", nullable: false),
                    IngressBytes = table.Column<double>(type: "REAL", nullable: false),
                    RunningSeconds = table.Column<double>(type: "REAL", nullable: false),
                    PausedSeconds = table.Column<double>(type: "REAL", nullable: false),
                    SuspendedSeconds = table.Column<double>(type: "REAL", nullable: false),
                    LastAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LastCpuSeconds = table.Column<double>(type: "REAL", nullable: false),
                    LastMemoryBytes = table.Column<long>(type: "INTEGER", nullable: false),
                    LastDiskBytes = table.Column<long>(type: "INTEGER", nullable: false),
                    LastSentBytes = table.Column<long>(type: "INTEGER", nullable: false),
                    LastReceivedBytes = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Usage", x => new { x.Sandbox, x.Hour });
                });

            migrationBuilder.CreateTable(
                name: "Claims",
                columns: table => new
                {
                    Team = table.Column<string>(type: "TEXT", nullable: false),
                    Key = table.Column<string>(type: "TEXT", nullable: false),
                    RequestHash = table.Column<string>(type: "TEXT", nullable: false),
                    Sandbox = table.Column<string>(type: "TEXT", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false)
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
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Team = table.Column<string>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Email = table.Column<string>(type: "TEXT", nullable: true),
                    Role = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
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
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Team = table.Column<string>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Prefix = table.Column<string>(type: "TEXT", nullable: false),
                    Hash = table.Column<string>(type: "TEXT", nullable: false),
                    Scopes = table.Column<int>(type: "INTEGER", nullable: false),
                    User = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: true),
                    LastUsedAt = table.Column<long>(type: "INTEGER", nullable: true)
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
