# Shared by ./start, ./stop, ./test and .ci/run: words on the terminal, and what the host must have. Sourced, not run.

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
dist="$repo/artifacts/dist"

# Colours only where a person looks.
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' plain=$'\e[0m'
else
  bold='' dim='' red='' green='' yellow='' plain=''
fi

step() { printf '%s==>%s %s\n' "$bold" "$plain" "$*"; }
note() { printf '    %s%s%s\n' "$dim" "$*" "$plain"; }
good() { printf '    %s%s%s\n' "$green" "$*" "$plain"; }
warn() { printf '    %s%s%s\n' "$yellow" "$*" "$plain"; }
die() { printf '%serror:%s %s\n' "$red" "$plain" "$1" >&2; shift; for line in "$@"; do printf '       %s\n' "$line" >&2; done; exit 1; }

need_root() {
  [ "$(id -u)" = 0 ] || die "$1 needs root: it makes mounts, network namespaces and cgroups." \
    "Run it as root (sudo $0). Without root, the command line client still works against another machine's server: atoll login."
}

# Runs a command with its output in a log file; shows a running clock to people, and the log's end when it fails.
quietly() {
  local what=$1 log=$2 started=$SECONDS pid
  shift 2
  "$@" >"$log" 2>&1 &
  pid=$!
  if [ -t 1 ]; then
    while kill -0 "$pid" 2>/dev/null; do printf '\r    %s … %ds ' "$what" $((SECONDS - started)); sleep 0.5; done
    printf '\r\e[K'
  fi
  if wait "$pid"; then
    note "$what: $((SECONDS - started)) s"
  else
    tail -n 25 "$log" >&2
    die "$what failed." "The whole log is $log"
  fi
}

os_id=unknown os_version=0 os_codename=''
if [ -r /etc/os-release ]; then
  os_id=$(. /etc/os-release && echo "${ID:-unknown}")
  os_version=$(. /etc/os-release && echo "${VERSION_ID:-0}")
  os_codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
fi

# program:package:what for. The program tells whether the package is there.
runtime_packages='
runc:runc:isolation "container"
mkfs.btrfs:btrfs-progs:storage pool
losetup:util-linux:storage pool
nft:nftables:egress rules
ip:iproute2:networks
mmdebstrap:mmdebstrap:the default template
busybox:busybox-static:the minimal template
zstd:zstd:template cache
curl:curl:this script
'
build_packages='
gcc:gcc:links the agent and the command line client
ld:binutils:links them
'

missing_packages() {
  local line program package
  while IFS=: read -r program package _; do
    [ -n "$program" ] || continue
    PATH="$PATH:/usr/sbin:/sbin" command -v "$program" >/dev/null 2>&1 || echo "$package"
  done <<<"$runtime_packages$build_packages" | sort -u
  # The C library's static part, for the agent.
  [ -e /usr/lib/x86_64-linux-gnu/libc.a ] || echo libc6-dev
  [ -e /usr/lib/x86_64-linux-gnu/libcrypt.a ] || echo libcrypt-dev
}

# Only what tests need: PostgreSQL's server programs (the tests start servers of their own, so no cluster is made where there is none yet), and a clock that can be moved.
install_test_prerequisites() {
  local missing=''
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing=postgresql
  command -v faketime >/dev/null 2>&1 || missing="$missing faketime"
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null 2>&1 || { warn "not installed, so that the tests that need them are skipped: $missing"; return 0; }
  note "to be installed for the tests from $os_id's packages: $missing"
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  fi
  apt_quiet update >"$logs/apt-update.log" 2>&1 || true
  # shellcheck disable=SC2086
  apt_quiet install --no-install-recommends -o Dpkg::Options::=--force-confold $missing >"$logs/apt-tests.log" 2>&1 \
    || warn "could not be installed ($logs/apt-tests.log), so that the tests that need them are skipped: $missing"
}

# gVisor from before 2023 (Debian 12's own suite has December 2022) does not run on today's kernels.
runsc_usable() { command -v runsc >/dev/null 2>&1 && ! runsc --version 2>/dev/null | grep -q '20221219'; }

apt_quiet() { DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@"; }

add_backports() {
  [ "$os_id" = debian ] && [ "$os_version" = 12 ] || return 0
  grep -rqs 'bookworm-backports' /etc/apt/sources.list /etc/apt/sources.list.d && return 0
  note "adding bookworm-backports (runsc is there) as /etc/apt/sources.list.d/atoll-backports.sources"
  cat >/etc/apt/sources.list.d/atoll-backports.sources <<'SOURCES'
# Added by Atoll's ./start: Debian 12 carries a recent gVisor (runsc) only in its backports.
Types: deb
URIs: http://deb.debian.org/debian
Suites: bookworm-backports
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES
}

dotnet_usable() { command -v dotnet >/dev/null 2>&1 && dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; }

install_dotnet() {
  local feed="https://packages.microsoft.com/config/$os_id/$os_version/packages-microsoft-prod.deb" package
  note "installing the .NET 10 SDK from Microsoft's package feed ($feed)"
  package=$(mktemp --suffix=.deb)
  curl -fsSL -o "$package" "$feed" || die "The .NET 10 SDK is missing and $feed could not be fetched." \
    "Install it yourself (https://dotnet.microsoft.com/download/dotnet/10.0), then run this again."
  dpkg -i "$package" >/dev/null
  rm -f "$package"
  apt_quiet update
  apt_quiet install dotnet-sdk-10.0
}

# Says what will be installed, then installs it. Nothing missing: no word to the network.
install_prerequisites() {
  local missing runsc_missing=''
  [ "$(uname -m)" = x86_64 ] || die "This machine is $(uname -m); Atoll is built for x86_64 so far."
  missing=$(missing_packages | tr '\n' ' ')
  runsc_usable || runsc_missing=runsc
  if [ -z "${missing// /}" ] && [ -z "$runsc_missing" ] && dotnet_usable; then
    note "everything it needs is installed"
    return
  fi

  command -v apt-get >/dev/null 2>&1 || die "These are missing and this system has no apt-get: $missing $runsc_missing" "Install them, then run this again."
  note "to be installed from $os_id's packages: $missing$runsc_missing$(dotnet_usable || echo ' curl ca-certificates dotnet-sdk-10.0')"
  [ -z "$runsc_missing" ] || add_backports
  quietly "package lists" "$logs/apt-update.log" apt_quiet update
  if [ -n "${missing// /}" ]; then
    # shellcheck disable=SC2086
    quietly "packages" "$logs/apt-install.log" apt_quiet install --no-install-recommends $missing
  fi

  if [ -n "$runsc_missing" ]; then
    if [ "$os_id:$os_version" = debian:12 ]; then
      quietly "runsc from bookworm-backports" "$logs/apt-runsc.log" apt_quiet install --no-install-recommends -t bookworm-backports runsc
    elif ! apt_quiet install --no-install-recommends runsc >"$logs/apt-runsc.log" 2>&1; then
      warn "runsc (gVisor) is not in this system's packages: sandboxes run with isolation \"container\" until you install it (https://gvisor.dev/docs/user_guide/install/)."
    fi
  fi

  if ! dotnet_usable; then
    apt_quiet install --no-install-recommends curl ca-certificates
    install_dotnet
  fi
}

# A digest of everything that goes into the build: the same digest, the same result, no build.
source_digest() {
  (cd "$repo" && { dotnet --version; find src eng Directory.*.props global.json -type f -not -path '*/bin/*' -not -path '*/obj/*' -print0 | sort -z | xargs -0 sha256sum; } | sha256sum | cut -d' ' -f1)
}

# Publishes the server, the agent and the command line client into artifacts/dist.
build_product() {
  local digest
  digest=$(source_digest)
  if [ -f "$dist/digest" ] && [ "$(cat "$dist/digest")" = "$digest" ]; then
    note "up to date"
    return
  fi

  rm -f "$dist/digest"
  mkdir -p "$dist"
  quietly "agent (static native binary)" "$logs/build-agent.log" publish Atoll.Agent agent
  quietly "command line client (native binary)" "$logs/build-cli.log" publish Atoll.Cli bin
  quietly "server" "$logs/build-server.log" publish Atoll.Server server
  echo "$digest" >"$dist/digest"
}

# Into a folder beside the old one, then swapped: a running server keeps the files that it has open.
publish() {
  local built
  dotnet publish "$repo/src/$1/$1.csproj" -c Release --nologo -v quiet -p:DebugType=none || return
  built=$(ls -d "$repo/artifacts/publish/$1"/release* | tail -n 1)
  rm -rf "$dist/$2.new" "${dist:?}/$2.old"
  cp -a "$built" "$dist/$2.new"
  rm -f "$dist/$2.new"/*.xml
  [ ! -e "$dist/$2" ] || mv "$dist/$2" "$dist/$2.old"
  mv "$dist/$2.new" "$dist/$2"
  rm -rf "$dist/$2.old"
}

logs="$repo/artifacts/logs"
mkdir -p "$logs"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# A .NET process makes pipes for debuggers in /tmp, which stay when it is killed. Whoever wants to attach one to the server sets this to 1 before ./start.
export DOTNET_EnableDiagnostics="${DOTNET_EnableDiagnostics:-0}"
