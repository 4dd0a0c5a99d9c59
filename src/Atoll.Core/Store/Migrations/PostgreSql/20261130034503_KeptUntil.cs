using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Atoll.Core.Store.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal sealed partial class KeptUntil : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "KeptUntil",
                table: "Sandboxes",
                type: "bigint",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "KeptUntil",
                table: "Sandboxes");
        }
    }
}
