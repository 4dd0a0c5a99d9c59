using System.Collections.Immutable;
using System.Globalization;

namespace Atoll.Core.Code.Interpreters;

internal sealed class PythonDriver : Driver
{
    public static readonly PythonDriver One = new();

    // Reads exactly the driver and not a byte of the first request.
    private const string Bootstrap = """
        import os, sys
        n, b = int(sys.argv[1]), b''
        while len(b) < n:
            d = os.read(0, n - len(b))
            if not d: sys.exit()
            b += d
        exec(compile(b, '<atoll>', 'exec'), {'__name__': 'atoll'})
        """;

    private PythonDriver() : base("charts.py", "eventloop.py", "source.py", "telling.py", "python.py") => Argv = ["python3", "-c", Bootstrap, Bytes.Length.ToString(CultureInfo.InvariantCulture)];

    public override string Program => "python3";

    public override ImmutableArray<string> Argv { get; }

    public override byte[] Request(DriverRequest request) => JsonRequest.Write(request);
}
