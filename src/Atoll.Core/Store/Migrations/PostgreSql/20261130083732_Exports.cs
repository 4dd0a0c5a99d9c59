using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Atoll.Core.Store.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal sealed partial class Exports : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "Exports",
                columns: table => new
                {
                    Key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Team = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Checkpoint = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Kind = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    SizeBytes = table.Column<long>(type: "bigint", nullable: false),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Exports", x => x.Key);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Exports_Team_CreatedAt_Key",
                table: "Exports",
                columns: new[] { "Team", "CreatedAt", "Key" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Exports");
        }
    }
}
