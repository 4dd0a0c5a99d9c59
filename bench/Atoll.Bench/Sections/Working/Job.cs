using System.Collections.Immutable;

namespace Atoll.Bench.Sections.Working;

/// <summary>A piece of work that agents do, as bash lines, in the home of the template's user. Each runs in the same files inside and outside.</summary>
/// <param name="Prepare">Once, not measured.</param>
/// <param name="Run">Measured; leaves things as it found them, or better.</param>
internal sealed record Job(string Name, string Prepare, string Run)
{
    public static readonly ImmutableArray<Job> All =
    [
        new(
            "compile a C file, three times",
            """
            python3 -c 'for i in range(400): print("int f%d(int n) { int s = 0; for (int i = 0; i < n; i++) s += i * %d ^ (s >> 3); return s; }" % (i, i))' > work.c
            """,
            "for i in 1 2 3; do gcc -O2 -c work.c -o work.o; done"),
        new(
            "SQLite, 150,000 rows and an index",
            """
            cat > rows.py <<'END'
            import os, sqlite3
            if os.path.exists("rows.db"): os.remove("rows.db")
            db = sqlite3.connect("rows.db")
            db.execute("create table rows (id integer primary key, name text, value real)")
            for part in range(5):
                db.executemany("insert into rows (name, value) values (?, ?)", (("row %d" % i, i * 0.5) for i in range(30000)))
                db.commit()
            db.execute("create index names on rows (name)")
            db.commit()
            print(db.execute("select count(*) from rows where name between 'row 1' and 'row 2'").fetchone(), file=open("/dev/null", "w"))
            END
            """,
            "python3 rows.py"),
        new(
            "git clone of a local repository, 2,000 files",
            """
            rm -rf repository; mkdir repository; cd repository
            git init -q; git config user.email bench@example.org; git config user.name bench
            for d in $(seq 40); do mkdir d$d; for f in $(seq 50); do echo "file $f of $d" > d$d/$f.txt; done; done
            git add .; git commit -q -m all
            """,
            "rm -rf clone; git clone -q repository clone"),
        new(
            "npm install from a local tarball, 500 files",
            """
            rm -rf package app; mkdir -p package/lib app
            echo '{"name":"bench-package","version":"1.0.0"}' > package/package.json
            for f in $(seq 500); do echo "module.exports = $f;" > package/lib/$f.js; done
            tar -czf package.tgz package
            echo '{"name":"app","version":"1.0.0","private":true}' > app/package.json
            """,
            "cd app; rm -rf node_modules package-lock.json; npm install --offline --no-audit --no-fund --silent ../package.tgz"),
        new(
            "2,000 small files, written, looked at, read and removed",
            """
            cat > small.py <<'END'
            import os
            os.mkdir("small")
            names = ["small/f%d" % i for i in range(2000)]
            for name in names:
                with open(name, "w") as file: file.write(name)
            for name in names: os.stat(name)
            for name in names:
                with open(name) as file: file.read()
            for name in names: os.remove(name)
            os.rmdir("small")
            END
            """,
            "python3 small.py"),
        new(
            "git commit of 300 files",
            """
            rm -rf work; mkdir work
            for f in $(seq 300); do echo "file $f" > work/$f.txt; done
            """,
            "cd work; rm -rf .git; git init -q; git add .; git -c user.name=bench -c user.email=bench@example.org commit -q -m all"),
        new(
            "npm ls of 200 packages",
            """
            cat > packages.py <<'END'
            import json, os
            os.makedirs("listed/node_modules")
            names = ["package%d" % i for i in range(200)]
            for i, name in enumerate(names):
                os.makedirs("listed/node_modules/%s/lib" % name)
                after = {names[i + 1]: "1.0.0"} if i < 199 else {}
                json.dump({"name": name, "version": "1.0.0", "dependencies": after}, open("listed/node_modules/%s/package.json" % name, "w"))
                for f in range(5): open("listed/node_modules/%s/lib/%d.js" % (name, f), "w").write("module.exports = %d;" % f)
            json.dump({"name": "listed", "version": "1.0.0", "dependencies": dict.fromkeys(names, "1.0.0")}, open("listed/package.json", "w"))
            END
            rm -rf listed; python3 packages.py
            """,
            "cd listed; npm ls --all --offline"),
        new(
            "tar of 50 MB, packed and unpacked",
            """
            rm -rf packed; mkdir packed
            for f in $(seq 50); do head -c 1000000 /dev/urandom > packed/$f; done
            """,
            "rm -rf unpacked; mkdir unpacked; tar -cf packed.tar packed; tar -xf packed.tar -C unpacked"),
    ];

    /// <summary>Prints the microseconds that the work took, by the clock of where it runs: starting the shell is not part of it.</summary>
    public string Script =>
        $$"""
        set -e; cd ~
        begin=${EPOCHREALTIME/./}
        ({{Run}}) >/dev/null
        echo $((${EPOCHREALTIME/./} - begin))
        """;

    public string PrepareScript => "set -e; cd ~\n" + Prepare;
}
