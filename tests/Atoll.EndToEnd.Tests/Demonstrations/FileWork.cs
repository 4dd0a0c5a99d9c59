namespace Atoll.EndToEnd.Tests.Demonstrations;

/// <summary>What everyday programs do with files, and above all with files that have two names: a Python script that prints what came out wrong, and nothing when all is right.</summary>
internal static class FileWork
{
    public const string Script =
        """
        import ctypes, fcntl, mmap, os, sqlite3, struct, subprocess, tempfile
        os.chdir(tempfile.mkdtemp(dir=os.path.expanduser("~")))

        def check(what, is_right, found=""):
            if not is_right: print("WRONG:", what, found)

        def text(path):
            with open(path) as file: return file.read()

        def write(path, content, mode="w"):
            with open(path, mode) as file: file.write(content)

        def shell(line): return subprocess.run(["bash", "-ec", line], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

        # One file by two names.
        write("f", "aa\n"); os.link("f", "h"); text("h"); write("f", "bbbb\n", "a")
        check("size by the other name", os.stat("h").st_size == 8, os.stat("h").st_size)
        check("content by the other name", text("h") == "aa\nbbbb\n")
        check("one inode of two links", os.stat("f").st_nlink == 2 and os.stat("f").st_ino == os.stat("h").st_ino)
        for i in range(200): write("fh"[i % 2], "line %d\n" % i, "a")
        check("appended by both names in turn", len(text("f").splitlines()) == 202, len(text("f").splitlines()))
        shell("(for i in $(seq 300); do echo a$i >>h; done) & (for i in $(seq 300); do echo b$i >>h; done) & wait")
        check("appended by two processes", len(text("f").splitlines()) == 802, len(text("f").splitlines()))
        os.unlink("f"); check("links after one is gone", os.stat("h").st_nlink == 1)
        with open("open", "w") as file:
            file.write("one"); file.flush(); os.link("open", "open2"); file.write("two"); file.flush()
            check("a link to a file that is being written", text("open2") == "onetwo")

        # Mapped, cut, changed.
        write("m", b"x" * 8192, "wb"); os.link("m", "m2")
        first, second = os.open("m", os.O_RDWR), os.open("m2", os.O_RDWR)
        one, two = mmap.mmap(first, 8192), mmap.mmap(second, 8192)
        one[0:5] = b"hello"; check("a mapping is read by both names", os.pread(first, 5, 0) == b"hello" == os.pread(second, 5, 0))
        os.pwrite(second, b"world", 100); check("a write is in the mapping by the other name", one[100:105] == b"world")
        one[200:203] = b"abc"; check("two mappings by two names", two[200:203] == b"abc")
        os.ftruncate(first, 4096); check("cut by the other name", os.stat("m2").st_size == 4096)
        os.chmod("m", 0o600); check("mode by the other name", os.stat("m2").st_mode & 0o777 == 0o600)
        os.utime("m", (1, 1)); check("time by the other name", os.stat("m2").st_mtime == 1)

        # Locks, renames, files without a name.
        with open("h") as held, open("h") as other:
            fcntl.flock(held, fcntl.LOCK_EX)
            try: fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB); check("flock holds", False)
            except BlockingIOError: pass
        write("new", "new"); write("old", "old")
        with open("old") as kept: os.rename("new", "old"); check("renamed over", text("old") == "new" and kept.read() == "old")
        with tempfile.TemporaryFile(dir=".") as gone: gone.write(b"q" * 100); gone.seek(0); check("a file without a name", gone.read() == b"q" * 100)

        # SQLite: one database by two names, and a write-ahead log of two processes.
        made = sqlite3.connect("d.db"); made.execute("create table t (x)"); made.commit(); os.link("d.db", "e.db")
        again = sqlite3.connect("e.db")
        for i in range(100):
            db = (made, again)[i % 2]; db.execute("insert into t values (?)", ("x" * 500,)); db.commit()
        check("SQLite by two names", made.execute("pragma integrity_check").fetchone()[0] == "ok" and again.execute("select count(*) from t").fetchone()[0] == 100)
        wal = sqlite3.connect("w.db"); wal.execute("pragma journal_mode = wal"); wal.execute("create table t (x)"); wal.commit()
        insert = "import sqlite3\nfor i in range(30):\n  d = sqlite3.connect('w.db', timeout=60); d.execute('insert into t values (1)'); d.commit(); d.close()"
        for process in [subprocess.Popen(["python3", "-c", insert]) for _ in range(2)]: process.wait()
        check("SQLite's log", wal.execute("select count(*) from t").fetchone()[0] == 60 and wal.execute("pragma integrity_check").fetchone()[0] == "ok")

        # Maildir, dpkg, pnpm and uv, git, tar.
        os.makedirs("mail/tmp"); os.makedirs("mail/new")
        for i in range(50): write("mail/tmp/%d" % i, str(i)); os.link("mail/tmp/%d" % i, "mail/new/%d" % i); os.unlink("mail/tmp/%d" % i)
        check("mail", all(text("mail/new/%d" % i) == str(i) and os.stat("mail/new/%d" % i).st_nlink == 1 for i in range(50)))
        write("conf", "v")
        for i in range(20):
            write("conf.dpkg-new", "v%d" % i); os.link("conf", "conf.dpkg-tmp"); os.rename("conf.dpkg-new", "conf"); os.unlink("conf.dpkg-tmp")
            check("as dpkg replaces", text("conf") == "v%d" % i and os.stat("conf").st_nlink == 1)
        for folder in ("store", "farm1", "farm2"): os.mkdir(folder)
        for i in range(100): write("store/%d" % i, "s" * 100); os.link("store/%d" % i, "farm1/%d" % i); os.link("store/%d" % i, "farm2/%d" % i)
        os.truncate("farm1/9", 10)
        check("a farm of links", all(os.stat("farm2/%d" % i).st_nlink == 3 for i in range(100)) and os.stat("store/9").st_size == 10)
        done = shell("tar cf farm.tar store farm1 && mkdir out && tar xf farm.tar -C out && test $(stat -c %h out/farm1/3) = 2")
        check("tar keeps links", done.returncode == 0, done.stdout)
        done = shell("git init -q g1; cd g1; git config user.email a@b; git config user.name a; seq 1000 >x; git add .; git commit -qm x; cd ..\n"
            "git clone -q --local g1 g2; cd g2; git fsck --strict; git gc -q; cd ../g1; git repack -adq; git fsck; cd ../g2; git log")
        check("git clone --local", done.returncode == 0, done.stdout)

        # inotify.
        libc = ctypes.CDLL(None); watch = libc.inotify_init1(os.O_NONBLOCK); libc.inotify_add_watch(watch, b".", 0xfff)
        write("seen", "x"); os.rename("seen", "seen2"); os.link("seen2", "seen3"); os.unlink("seen3")
        events, seen = os.read(watch, 65536), []
        while events:
            _, mask, _, length = struct.unpack("iIII", events[:16]); seen.append((mask, events[16:16 + length].rstrip(b"\0"))); events = events[16 + length:]
        check("inotify", all(event in seen for event in ((0x100, b"seen"), (0x80, b"seen2"), (0x100, b"seen3"), (0x200, b"seen3"))), seen)
        """;
}
