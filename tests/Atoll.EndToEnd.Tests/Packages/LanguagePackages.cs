namespace Atoll.EndToEnd.Tests.Packages;

/// <summary>Compilers and interpreters: each builds and runs something.</summary>
internal static class LanguagePackages
{
    public static IReadOnlyList<PackageCase> All { get; } =
    [
        new("default-jdk", "default-jdk-headless", """
            mkdir -p ~/j && cd ~/j && echo 'public class Hello { public static void main(String[] a) { System.out.println("hello from java " + java.util.stream.IntStream.rangeClosed(1, 100).sum()); } }' > Hello.java
            javac Hello.java && java Hello
            """, "hello from java 5050") { MemoryMiB = 2048 },
        new("golang", "golang-go", """
            mkdir -p ~/g && cd ~/g && go mod init example.test >/dev/null 2>&1
            printf 'package main\nimport "fmt"\nfunc main() { c := make(chan int); go func() { c <- 41 }(); fmt.Println("hello from go", 1+<-c) }\n' > main.go
            go build -o hello . && ./hello
            """, "hello from go 42") { MemoryMiB = 2048 },
        new("rustc", "rustc cargo", """
            mkdir -p ~/r && cd ~/r && cargo init -q --name hello . && cargo build -q && ./target/debug/hello
            """, "Hello, world!") { MemoryMiB = 2048 },
        new("php", "php-cli", """
            php -r 'echo "hello from php ", array_sum(range(1, 100)), "\n";'
            mkdir -p ~/p && cd ~/p && echo '<?php echo "served by php ", PHP_SAPI;' > index.php && (php -S 127.0.0.1:8080 >/dev/null 2>&1 &)
            curl -fsS --retry 20 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/
            """, "hello from php 5050\nserved by php cli-server"),
        new("ruby", "ruby", """
            ruby -e 'puts "hello from ruby #{(1..100).sum}"; puts Thread.new { 6 * 7 }.value'
            gem list 2>/dev/null | grep -c .
            """, "hello from ruby 5050\n42"),
        new("perl modules", "libwww-perl libjson-perl libdbd-sqlite3-perl", """
            perl -MJSON -MDBI -MLWP::UserAgent -e '$d=DBI->connect("dbi:SQLite::memory:"); print encode_json({perl=>$d->selectrow_array("select 6*7")}), "\n"'
            """, "{\"perl\":42}"),
        new("lua5.4", "lua5.4", """
            lua5.4 -e 'local s = 0; for i = 1, 100 do s = s + i end; print("hello from lua", s)'
            """, "hello from lua\t5050"),
        new("r-base-core", "r-base-core", """
            Rscript -e 'cat("hello from R", sum(1:100), "\n"); m <- lm(dist ~ speed, cars); cat(round(coef(m)[[2]], 3), "\n")'
            """, "hello from R 5050\n3.932") { MemoryMiB = 2048 },
        new("python3-numpy and scipy", "python3-numpy python3-pandas python3-scipy", """
            python3 -c 'import numpy, pandas, scipy.optimize; print("det", round(numpy.linalg.det(numpy.diag([1., 2., 21.])))); print(pandas.DataFrame({"a": [1, 2, 3]}).a.sum()); print(round(scipy.optimize.brentq(lambda x: x * x - 2, 0, 2), 4))'
            """, "det 42\n6\n1.4142") { MemoryMiB = 2048 },
        new("cmake and g++", "cmake g++ ninja-build", """
            mkdir -p ~/c && cd ~/c && printf 'cmake_minimum_required(VERSION 3.18)\nproject(h CXX)\nadd_executable(h h.cpp)\n' > CMakeLists.txt
            printf '#include <iostream>\n#include <thread>\nint main() { int n = 0; std::thread t([&] { n = 42; }); t.join(); std::cout << "hello from c++ " << n << "\\n"; }\n' > h.cpp
            cmake -G Ninja -B b . >/dev/null && cmake --build b >/dev/null && ./b/h
            """, "hello from c++ 42") { MemoryMiB = 2048 },
        new("clang", "clang libclang-rt-dev", """
            cd ~ && printf '#include <stdio.h>\nint main(void) { puts("hello from clang"); return 0; }\n' > k.c && clang -O2 -fsanitize=undefined k.c -o k && ./k
            """, "hello from clang") { MemoryMiB = 2048 },
        new("gdb", "gdb", """
            cd ~ && printf 'int f(int n) { return n * 2; }\nint main(void) { return f(21); }\n' > d.c && gcc -g d.c -o d
            gdb -q -batch -ex 'break f' -ex run -ex 'print n' -ex finish ./d 2>&1
            """, "$1 = 21\nValue returned is $2 = 42"),
        new("valgrind", "valgrind libc6-dbg", """
            cd ~ && printf '#include <stdlib.h>\nint main(void) { return malloc(42) == 0; }\n' > v.c && gcc -g v.c -o v
            valgrind --leak-check=full ./v 2>&1
            """, "definitely lost: 42 bytes in 1 blocks") { MemoryMiB = 2048 },
        new("strace", "strace", """
            strace -f -e trace=openat cat /etc/hostname 2>&1
            """, "openat(AT_FDCWD, \"/etc/hostname\", O_RDONLY) = 3"),
    ];
}
