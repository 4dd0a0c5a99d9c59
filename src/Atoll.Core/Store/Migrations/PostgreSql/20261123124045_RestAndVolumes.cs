using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Atoll.Core.Store.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal sealed partial class RestAndVolumes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Archive",
                table: "Sandboxes",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "Leases",
                table: "Sandboxes",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "Memory",
                table: "Sandboxes",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<long>(
                name: "SavedBytes",
                table: "Sandboxes",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "TimeLeftTicks",
                table: "Sandboxes",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Origin",
                table: "Checkpoints",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.CreateTable(
                name: "Volumes",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Team = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    SizeMiB = table.Column<int>(type: "integer", nullable: false),
                    ReadOnly = table.Column<bool>(type: "boolean", nullable: false),
                    Source = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    SharedBytes = table.Column<long>(type: "bigint", nullable: false),
                    Node = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Volumes", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Volumes_Team_Name",
                table: "Volumes",
                columns: new[] { "Team", "Name" },
                unique: true,
                filter: "\"Name\" IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Volumes");

            migrationBuilder.DropColumn(
                name: "Archive",
                table: "Sandboxes");

            migrationBuilder.DropColumn(
                name: "Leases",
                table: "Sandboxes");

            migrationBuilder.DropColumn(
                name: "Memory",
                table: "Sandboxes");

            migrationBuilder.DropColumn(
                name: "SavedBytes",
                table: "Sandboxes");

            migrationBuilder.DropColumn(
                name: "TimeLeftTicks",
                table: "Sandboxes");

            migrationBuilder.DropColumn(
                name: "Origin",
                table: "Checkpoints");
        }
    }
}
