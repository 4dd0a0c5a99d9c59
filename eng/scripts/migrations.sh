#!/usr/bin/env bash
# Adds a migration to both databases: what has changed in the model (src/Atoll.Core/Store/AtollContext.cs) since the last one, under a name that says what:  eng/scripts/migrations.sh AddUsage
set -euo pipefail
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
name=${1:?the name of the change}
tool="$repo/artifacts/tools/dotnet-ef"
export DOTNET_CLI_TELEMETRY_OPTOUT=1
[ -x "$tool" ] || dotnet tool install dotnet-ef --version 10.0.15 --tool-path "$repo/artifacts/tools"
for engine in Sqlite:SqliteContext PostgreSql:PostgresContext; do
  folder="Store/Migrations/${engine%%:*}"
  "$tool" migrations add "$name" --project "$repo/src/Atoll.Core" --startup-project "$repo/src/Atoll.Core" --context "${engine##*:}" --output-dir "$folder"
done
# As the rest of the code: no byte order mark, nothing public that need not be.
sed -i -e '1s/^\xef\xbb\xbf//' -e 's/public partial class/internal sealed partial class/' "$repo"/src/Atoll.Core/Store/Migrations/*/*.cs
