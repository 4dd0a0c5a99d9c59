namespace Atoll.EndToEnd.Tests.Packages;

/// <summary>Programs that go on running: databases, web servers, others. Started as Debian has them, by <c>service</c>, where there is a script for it.</summary>
internal static class ServicePackages
{
    public static IReadOnlyList<PackageCase> All { get; } =
    [
        new("postgresql", "postgresql", """
            service postgresql start
            for i in $(seq 60); do su postgres -c 'psql -qc "select 1"' >/dev/null 2>&1 && break; sleep 0.5; done
            su postgres -c "psql -qtAc \"create table t(n int, s text); insert into t select g, 'ü' || g from generate_series(1, 1000) g; select sum(n), max(length(s)) from t; show server_encoding\""
            service postgresql stop
            """, "500500|5\nUTF8") { User = "root", Always = true },
        new("mariadb-server", "mariadb-server", """
            service mariadb start
            # gVisor tells a server of itself when it asks who its client is; what Debian's own scripts do as root, they do by this file.
            name=root; mariadb -u root -e 'select 1' >/dev/null 2>&1 || { name=mysql; sed -i 's/^user *=.*/user = mysql/' /etc/mysql/debian.cnf; }
            mariadb -u $name -e "create database d; create table d.t(n int primary key, s varchar(20)) engine=innodb; insert into d.t values (1,'one'),(2,'two'); select concat('sum ', sum(n)) from d.t"
            service mariadb stop
            """, "sum 3") { User = "root" },
        new("redis-server", "redis-server", """
            service redis-server start
            for i in $(seq 60); do redis-cli ping >/dev/null 2>&1 && break; sleep 0.5; done
            redis-cli set name atoll; redis-cli get name; redis-cli bgsave; redis-cli lpush list a b c
            service redis-server stop
            """, "OK\natoll\nBackground saving started\n3") { User = "root", Always = true },
        new("memcached", "memcached netcat-openbsd", """
            memcached -u nobody -d -l 127.0.0.1 -p 11211
            for i in $(seq 60); do nc -z 127.0.0.1 11211 && break; sleep 0.5; done
            # Netcat may look at the end of a connection before what came on it.
            (printf 'set k 0 0 5\r\nhello\r\nget k\r\n'; sleep 2; printf 'quit\r\n') | nc -q 2 127.0.0.1 11211
            """, "STORED\nhello") { User = "root" },
        new("rabbitmq-server", "rabbitmq-server", """
            (rabbitmq-server -detached >/dev/null 2>&1); rabbitmqctl wait --timeout 120 --pid "$(for i in $(seq 120); do cat /var/lib/rabbitmq/mnesia/*.pid 2>/dev/null && break; sleep 1; done)" >/dev/null
            rabbitmqctl add_vhost tests; rabbitmqctl list_vhosts --quiet; rabbitmqctl stop
            """, "tests") { User = "root", MemoryMiB = 2048 },
        new("nginx", "nginx", """
            echo 'hello from nginx' > /var/www/html/index.html
            service nginx start
            curl -fsS http://127.0.0.1/; curl -fsSI http://127.0.0.1/ | grep -i '^server'
            service nginx stop
            """, "hello from nginx\nServer: nginx") { User = "root", Always = true },
        new("apache2", "apache2", """
            echo 'hello from apache' > /var/www/html/index.html
            service apache2 start
            curl -fsS http://127.0.0.1/
            """, "hello from apache") { User = "root" },
        new("lighttpd", "lighttpd", """
            echo 'hello from lighttpd' > /var/www/html/index.html
            service lighttpd start
            curl -fsS http://127.0.0.1/index.html
            """, "hello from lighttpd") { User = "root" },
        new("haproxy", "haproxy", """
            mkdir -p /tmp/site && echo behind > /tmp/site/index.html && (cd /tmp/site && exec python3 -m http.server 9001 >/dev/null 2>&1) &
            printf 'defaults\n mode http\n timeout connect 5s\n timeout client 5s\n timeout server 5s\nfrontend f\n bind 127.0.0.1:9000\n default_backend b\nbackend b\n server s 127.0.0.1:9001\n' > /tmp/haproxy.cfg
            haproxy -D -f /tmp/haproxy.cfg
            curl -fsS --retry 20 --retry-delay 1 --retry-all-errors http://127.0.0.1:9000/
            """, "behind") { User = "root" },
        new("squid", "squid", """
            mkdir -p /tmp/site && echo proxied > /tmp/site/index.html && (cd /tmp/site && exec python3 -m http.server 9001 >/dev/null 2>&1) &
            squid -N -f /etc/squid/squid.conf >/dev/null 2>&1 &
            curl -fsS --retry 40 --retry-delay 1 --retry-all-errors -x http://127.0.0.1:3128 http://127.0.0.1:9001/
            """, "proxied") { User = "root" },
        new("openssh-server", "openssh-server openssh-client", """
            mkdir -p /root/.ssh && ssh-keygen -qt ed25519 -N '' -f /root/.ssh/id_ed25519 && cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys
            service ssh start
            ssh -o StrictHostKeyChecking=accept-new -o BatchMode=yes root@127.0.0.1 'echo over ssh as $(id -un)'
            echo content > /tmp/a && scp -qo BatchMode=yes /tmp/a root@127.0.0.1:/tmp/b && cat /tmp/b
            ssh -tto BatchMode=yes root@127.0.0.1 tty 2>/dev/null
            """, "over ssh as root\ncontent\n/dev/pts/") { User = "root", Always = true },
        new("cron", "cron", """
            echo '* * * * * echo "by cron as $(id -un)" >> /tmp/cron.out' | crontab -u user -
            service cron start
            for i in $(seq 75); do [ -s /tmp/cron.out ] && break; sleep 1; done
            head -1 /tmp/cron.out
            """, "by cron as user") { User = "root" },
        new("supervisor", "supervisor", """
            # It gives its socket a second name, which gVisor refuses on a disk, and tries for ever.
            sed -i 's#/var/run/supervisor.sock#/dev/shm/supervisor.sock#' /etc/supervisor/supervisord.conf
            printf '[program:ticker]\ncommand=sh -c "while :; do date; sleep 1; done"\n' > /etc/supervisor/conf.d/ticker.conf
            service supervisor start
            for i in $(seq 30); do supervisorctl status 2>/dev/null | grep -q RUNNING && break; sleep 1; done
            supervisorctl status
            """, "ticker                           RUNNING") { User = "root" },
        new("dbus", "dbus", """
            dbus-run-session -- dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames
            """, "string \"org.freedesktop.DBus\""),
    ];
}
