# The server as ./start and ./stop see it. Sourced after common.sh.

state_dir="${ATOLL__MACHINE__STATEDIRECTORY:-/var/lib/atoll}"
runtime_dir="${ATOLL__MACHINE__RUNTIMEDIRECTORY:-/run/atoll}"
server_log="$state_dir/server.log"
pid_file="$runtime_dir/server.pid"
cli_link="${ATOLL_CLI_LINK:-/usr/local/bin/atoll}"

server_url() { echo "${ATOLL__SERVER__URL:-http://127.0.0.1:7800}"; }

# The first start writes the key for the user who ran it.
key_file() {
  local home
  home=$(getent passwd "${SUDO_USER:-root}" | cut -d: -f6)
  echo "${home:-/root}/.config/atoll/config.json"
}

server_pid() {
  local pid
  pid=$(cat "$pid_file" 2>/dev/null) || return 1
  # A pid that another program has by now is not our server.
  tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q 'atoll-server' || return 1
  echo "$pid"
}

link_cli() {
  [ "$(readlink -f "$cli_link" 2>/dev/null)" = "$dist/bin/atoll" ] && return
  if [ -e "$cli_link" ] && [ ! -L "$cli_link" ]; then
    warn "$cli_link is another program: it is left alone; use $dist/bin/atoll"
  else
    ln -sfn "$dist/bin/atoll" "$cli_link"
    note "$cli_link -> $dist/bin/atoll"
  fi
}

start_server() {
  local pid deadline
  if pid=$(server_pid); then
    # A server is replaced when what it was started from has been built anew since.
    if [ "$(cat "$runtime_dir/server.digest" 2>/dev/null)" = "$(cat "$dist/digest")" ]; then
      note "already running (process $pid)"
      return
    fi
    note "replacing the running server (sandboxes go on)"
    stop_server
  fi

  mkdir -p -m 0700 "$state_dir" "$runtime_dir"
  # One generation of the log is kept; the server itself writes little.
  [ ! -f "$server_log" ] || [ "$(stat -c %s "$server_log")" -lt 20000000 ] || mv "$server_log" "$server_log.1"
  # The last to go when the host runs out of memory, where we may say so; sandboxes raise theirs to 500.
  (
    { echo -900 >/proc/self/oom_score_adj; } 2>/dev/null || true
    # As in the unit: a server without descriptors then makes no thread that it had before.
    export DOTNET_TC_BackgroundWorkerTimeoutMs=-1
    exec setsid --fork "$dist/server/atoll-server" serve --pid-file "$pid_file" >>"$server_log" 2>&1 </dev/null
  )
  deadline=$((SECONDS + 60))
  until curl -fs -o /dev/null --max-time 2 "$(server_url)/readyz"; do
    if [ $SECONDS -ge $deadline ]; then
      tail -n 15 "$server_log" >&2
      die "The server was not ready within 60 s." "Its log is $server_log"
    fi
    if ! server_pid >/dev/null && [ $SECONDS -ge $((deadline - 50)) ]; then
      tail -n 15 "$server_log" >&2
      die "The server did not start." "Its log is $server_log"
    fi
    sleep 0.2
  done
  cat "$dist/digest" >"$runtime_dir/server.digest"
  note "ready (process $(server_pid))"
}

stop_server() {
  local pid deadline
  pid=$(server_pid) || { note "no server is running"; return 0; }
  kill -TERM "$pid"
  deadline=$((SECONDS + 30))
  while kill -0 "$pid" 2>/dev/null; do
    [ $SECONDS -lt $deadline ] || { warn "the server did not stop within 30 s; ending it"; kill -KILL "$pid"; break; }
    sleep 0.1
  done
  rm -f "$pid_file"
  good "server stopped"
}

demonstrate() {
  "$dist/bin/atoll" run --timing -- python3 -c '
import platform, os
print("Python", platform.python_version(), "as", os.popen("id -un").read().strip(), "on", open("/etc/os-release").readline().split("\"")[1])
kernel = os.popen("dmesg 2>/dev/null | head -1").read().strip()
print("Kernel of its own:", kernel if "gVisor" in kernel else "no (isolation container)")
'
}
