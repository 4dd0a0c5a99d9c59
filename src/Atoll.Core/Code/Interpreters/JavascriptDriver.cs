using System.Collections.Immutable;
using System.Globalization;

namespace Atoll.Core.Code.Interpreters;

internal sealed class JavascriptDriver : Driver
{
    public static readonly JavascriptDriver One = new();

    // Node cannot move a descriptor, so the shell does: requests go to 3, and what reads stdin finds its end.
    private const string Shell = "exec 3<&0 </dev/null; exec node \"$@\"";

    // In a function: names declared here would be the user's globals. The arrow function carries this script's right to import().
    private const string Bootstrap = """
        (() => {
          const fs = require('fs'), n = +process.argv[1], b = Buffer.alloc(n);
          for (let i = 0, k; i < n; i += k) if (!(k = fs.readSync(3, b, i, n - i))) process.exit();
          (0, eval)(b.toString())(name => import(name));
        })()
        """;

    private JavascriptDriver() : base("javascript.js") => Argv = ["/bin/sh", "-c", Shell, "node", "-e", Bootstrap, Bytes.Length.ToString(CultureInfo.InvariantCulture)];

    public override string Program => "node";

    public override ImmutableArray<string> Argv { get; }

    public override byte[] Request(DriverRequest request) => JsonRequest.Write(request);
}
