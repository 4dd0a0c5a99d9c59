namespace Atoll.EndToEnd.Tests.Packages;

/// <summary>npm's most used tool chains: installed from the registry into a project, and run.</summary>
internal static class NpmPackages
{
    private const string Quiet = "npm install --silent --no-fund --no-audit --no-update-notifier";

    public static IReadOnlyList<PackageCase> All { get; } =
    [
        Project("typescript", "typescript", """
            echo 'const sum = (...n: number[]): number => n.reduce((a, b) => a + b, 0); console.log("typed", sum(40, 2));' > a.ts
            npx tsc --target es2020 a.ts && node a.js
            """, "typed 42", always: true),
        Project("tsx", "tsx", """
            echo 'interface A { n: number } const a: A = { n: 42 }; console.log("tsx ran", a.n);' > a.ts && npx tsx a.ts
            """, "tsx ran 42"),
        Project("esbuild", "esbuild", """
            echo 'export const n = 42' > m.js && echo 'import { n } from "./m.js"; console.log("bundled", n)' > a.js && npx esbuild a.js --bundle --minify --outfile=out.js 2>/dev/null && node out.js
            """, "bundled 42"),
        Project("vite", "vite@5", """
            echo '<script type="module" src="/a.js"></script>' > index.html && echo 'document.title = "built by vite"' > a.js && npx vite build 2>&1 | grep -o 'built in' && grep -l 'built by vite' dist/assets/*.js
            """, "built in\ndist/assets/index-"),
        Project("webpack", "webpack@5 webpack-cli@5", """
            mkdir -p src && echo 'console.log("packed", 6 * 7)' > src/index.js && npx webpack --mode production 2>&1 | grep -o 'compiled successfully' && node dist/main.js
            """, "compiled successfully\npacked 42"),
        Project("eslint", "eslint@8", """
            echo '{"root":true,"env":{"es2021":true},"extends":"eslint:recommended"}' > .eslintrc.json && echo 'const unused = 1;' > a.js && npx eslint a.js || true
            """, "'unused' is assigned a value but never used"),
        Project("prettier", "prettier@3", """
            echo 'const  a={b:1 ,c:2}' > a.js && npx prettier a.js
            """, "const a = { b: 1, c: 2 };"),
        Project("jest", "jest@29", """
            echo 'test("adds", () => expect(40 + 2).toBe(42))' > a.test.js && npx jest 2>&1
            """, "1 passed, 1 total"),
        Project("vitest", "vitest@1", """
            echo 'import { test, expect } from "vitest"; test("adds", () => expect(40 + 2).toBe(42))' > a.test.mjs && npx vitest run 2>&1
            """, "1 passed"),
        Project("express", "express@4", """
            echo 'require("express")().get("/", (q, s) => s.json({ n: 42 })).listen(3000)' > a.js && (node a.js &) && curl -fsS --retry 20 --retry-delay 1 --retry-all-errors http://127.0.0.1:3000/
            """, "{\"n\":42}"),
        Project("next", "next@14 react@18 react-dom@18", """
            mkdir -p pages && echo 'export default function Page() { return <p>by next</p> }' > pages/index.js && NEXT_TELEMETRY_DISABLED=1 npx next build 2>&1 | grep -o 'Compiled successfully' && grep -o 'by next' .next/server/pages/index.html
            """, "Compiled successfully\nby next") with { MemoryMiB = 3072 },
    ];

    private static PackageCase Project(string name, string install, string use, string expected, bool always = false) =>
        new("npm: " + name, "", $"mkdir -p ~/project && cd ~/project && echo '{{\"private\":true}}' > package.json && {Quiet} {install}\n{use}", expected) { MemoryMiB = 2048, Always = always };
}
