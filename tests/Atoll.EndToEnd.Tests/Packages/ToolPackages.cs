namespace Atoll.EndToEnd.Tests.Packages;

/// <summary>What is run from a shell: data, pictures, documents, terminals, networks.</summary>
internal static class ToolPackages
{
    public static IReadOnlyList<PackageCase> All { get; } =
    [
        new("sqlite3", "sqlite3", """
            cd ~ && sqlite3 a.db "pragma journal_mode=wal; create table t(n); insert into t values (40),(2); select 'sum ' || sum(n) from t; pragma integrity_check"
            """, "wal\nsum 42\nok") { Always = true },
        new("git-lfs", "git git-lfs", """
            mkdir -p ~/l && cd ~/l && git init -q . && git config user.email a@b.c && git config user.name n && git lfs install --local >/dev/null && git lfs track '*.bin' >/dev/null
            head -c 100000 /dev/zero > big.bin && git add . && git commit -qm one && git lfs ls-files && git cat-file -p HEAD:big.bin | head -1
            """, "big.bin\nversion https://git-lfs.github.com/spec/v1"),
        new("jq, ripgrep, fzf", "jq ripgrep fzf fd-find bat", """
            echo '{"a":[1,2,39]}' | jq '.a | add'; rg -c root /etc/passwd; printf 'apple\nbanana\n' | fzf -f ban; fdfind -t f hostname /etc; echo seen | batcat -p
            """, "42\nbanana\n/etc/hostname\nseen"),
        new("vim and nano", "vim nano", """
            cd ~ && printf 'one\n' > e.txt && vim -es -u NONE -c '%s/one/two/' -c wq e.txt && cat e.txt && nano --version | head -1
            """, "two\nGNU nano"),
        new("emacs-nox", "emacs-nox", """
            emacs --batch --eval '(princ (format "hello from emacs %d\n" (apply (function +) (number-sequence 1 100))))'
            """, "hello from emacs 5050"),
        new("tmux", "tmux", """
            tmux new-session -d -s s 'echo started; exec sh'; tmux send-keys -t s 'echo in-$((40+2))' Enter
            for i in $(seq 40); do tmux capture-pane -pt s | grep -q '^in-42' && break; sleep 0.25; done
            tmux capture-pane -pt s; tmux kill-server
            """, "in-42"),
        new("screen", "screen", """
            export TERM=xterm; screen -dmS x sh -c 'echo in-$((40+2)) > ~/screen.out; sleep 60'
            for i in $(seq 40); do [ -s ~/screen.out ] && break; sleep 0.25; done; cat ~/screen.out
            """, "in-42") { NotUnderGVisor = "needs packet mode (TIOCPKT), which gVisor's terminals do not have: use tmux" },
        new("expect", "expect", """
            expect -c 'spawn -noecho sh; send "echo in-\$((40+3))\r"; expect -re {in-43}; puts "expect saw it"'
            """, "expect saw it"),
        new("zsh and fish", "zsh fish", """
            zsh -c 'a=(1 2 39); print "zsh $(( ${(j:+:)a} ))"'; fish -c 'echo fish (math 6 x 7)'
            """, "zsh 42\nfish 42"),
        new("htop, lsof, psmisc", "htop lsof psmisc", """
            sleep 60 & lsof -p $! 2>/dev/null | grep -c cwd; pstree | head -1 | cut -c1-5; TERM=xterm timeout 3 script -qc htop /dev/null </dev/null | grep -aqo CPU && echo htop drew
            """, "1\nhtop drew"),
        new("parallel", "parallel", """
            parallel --will-cite -k echo job {} ::: 1 2 3
            """, "job 1\njob 2\njob 3"),
        new("rsync, zip, 7z", "rsync zip unzip p7zip-full xz-utils zstd", """
            mkdir -p ~/z/a && cd ~/z && seq 1000 > a/f && zip -qr a.zip a && 7z a -bd -bso0 a.7z a && tar -c --zstd -f a.tzst a && rm -r a && unzip -qo a.zip && rm -r a && 7z x -bd -bso0 a.7z && rsync -a a/ b/ && cmp a/f b/f && wc -l < b/f
            """, "1000"),
        new("gnupg and openssl", "gnupg openssl", """
            export GNUPGHOME=$(mktemp -d); gpg --batch --quiet --passphrase '' --quick-gen-key a@b.c ed25519 sign 2>/dev/null; echo data > /tmp/d; gpg --batch --yes -o /tmp/d.sig -b /tmp/d; gpg --verify /tmp/d.sig /tmp/d 2>&1
            openssl req -x509 -newkey rsa:2048 -nodes -keyout /tmp/k -out /tmp/c -subj /CN=test -days 1 2>/dev/null; openssl x509 -noout -subject -in /tmp/c
            """, "Good signature\nsubject=CN = test"),
        new("ffmpeg", "ffmpeg", """
            cd ~ && ffmpeg -v error -f lavfi -i testsrc=duration=2:size=160x120:rate=10 -pix_fmt yuv420p -y v.mp4 && ffprobe -v error -show_entries stream=codec_name,nb_frames -of csv=p=0 v.mp4
            """, "h264,20") { MemoryMiB = 2048 },
        new("imagemagick", "imagemagick", """
            cd ~ && convert -size 120x80 gradient:red-blue -rotate 90 i.png && identify i.png
            """, "i.png PNG 80x120"),
        new("graphviz", "graphviz", """
            echo 'digraph { a -> b }' | dot -Tsvg | grep -c '<title>a&#45;&gt;b'
            """, "1"),
        new("pandoc", "pandoc", """
            printf '# Title\n\n*text*\n' | pandoc -t html
            """, "<em>text</em>"),
        new("ghostscript and poppler", "ghostscript poppler-utils", """
            cd ~ && printf '%%!PS\n/Helvetica findfont 20 scalefont setfont 72 700 moveto (printed words) show showpage\n' > p.ps && ps2pdf p.ps p.pdf && pdftotext p.pdf - && pdftoppm -r 30 -png p.pdf page && ls page*.png | wc -l
            """, "printed words\n1"),
        new("tesseract-ocr", "tesseract-ocr imagemagick fonts-dejavu-core", """
            cd ~ && convert -background white -fill black -font DejaVu-Sans -pointsize 48 label:'READ THIS' t.png && tesseract t.png - 2>/dev/null
            """, "READ THIS") { MemoryMiB = 2048 },
        new("xvfb with a window manager", "xvfb fluxbox imagemagick x11-apps x11-utils xdotool", """
            export DISPLAY=:7; Xvfb :7 -screen 0 800x600x24 >/dev/null 2>&1 &
            for i in $(seq 60); do xdpyinfo >/dev/null 2>&1 && break; sleep 0.5; done
            fluxbox >/dev/null 2>&1 &
            for i in $(seq 60); do xprop -root _NET_SUPPORTING_WM_CHECK | grep -q window && break; sleep 0.5; done
            xclock -title window &
            for i in $(seq 60); do xdotool search --onlyvisible --name window >/dev/null 2>&1 && break; sleep 0.5; done
            xdotool search --onlyvisible --name window getwindowname
            for i in $(seq 60); do import -window root ~/s.png; [ $(convert ~/s.png -format %k info:) -gt 1 ] && break; sleep 0.5; done
            identify ~/s.png; [ $(convert ~/s.png -format %k info:) -gt 1 ] && echo not empty
            """, "window\ns.png PNG 800x600\nnot empty") { MemoryMiB = 2048 },
        new("chromium", "chromium", """
            cd ~ && echo '<html><body><p id=p>old</p><script>document.getElementById("p").textContent = "drawn " + (40 + 2)</script></body></html>' > page.html
            chromium --headless --no-sandbox --disable-gpu --dump-dom "file://$HOME/page.html" 2>/dev/null
            chromium --headless --no-sandbox --disable-gpu --screenshot="$HOME/shot.png" --window-size=400,300 "file://$HOME/page.html" >/dev/null 2>&1; file shot.png
            """, "<p id=\"p\">drawn 42</p>\nPNG image data, 400 x 300") { MemoryMiB = 3072 },
        new("docker.io's client", "docker.io", """
            docker --version; docker -H tcp://127.0.0.1:1 info 2>&1 | grep -o 'Cannot connect to the Docker daemon' | head -1
            """, "Docker version\nCannot connect to the Docker daemon"),
        new("dnsutils and iproute2", "dnsutils iproute2 net-tools netcat-openbsd iputils-ping", """
            ip -4 addr show dev lo | grep -o 127.0.0.1/8; ss -tln | head -1 | cut -c1-5; netstat -tln | grep -c Proto; dig +short deb.debian.org | grep -c .
            (echo through | nc -lN 127.0.0.1 7000 &) ; sleep 1; nc -w 5 127.0.0.1 7000 </dev/null
            """, "127.0.0.1/8\nState\nthrough"),
        new("inotify-tools", "inotify-tools", """
            mkdir -p ~/w; (sleep 2; echo x > ~/w/made) &
            inotifywait -q -t 20 -e create ~/w
            """, "CREATE made"),
    ];
}
