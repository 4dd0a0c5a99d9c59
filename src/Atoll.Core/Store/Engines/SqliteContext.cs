using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Store.Engines;

/// <summary>The database in SQLite. A class of its own, because migrations belong to one class.</summary>
internal sealed class SqliteContext(DbContextOptions<SqliteContext> options) : AtollContext(options);
