# Removes what a failed test run may have left on the host. Sourced. Test instances are named t and five letters (Scratch in tests/Atoll.Testing), and all they have on the host bears that name.

remove_leftovers() {
  local left
  # What a folder or a namespace is left of: either may be gone already.
  for left in /tmp/atoll-test-t????? /run/netns/t?????; do
    [ -e "$left" ] || continue
    left=${left##*/}
    remove_instance "${left#atoll-test-}" >/dev/null 2>&1
  done
  rm -rf /tmp/atoll-test-ranges
  true
}

remove_instance() {
  local name=$1 folder=/tmp/atoll-test-$1 group line
  # Servers first, or they mend what is removed.
  for line in $(pgrep -x atoll-server); do
    ! grep -qzF "=$folder/" "/proc/$line/environ" || kill -9 "$line"
  done

  for group in /sys/fs/cgroup/"$name" /sys/fs/cgroup/*/"$name"; do
    [ -d "$group" ] || continue
    [ ! -e "$group/freezer.state" ] || find "$group" -name freezer.state -exec sh -c 'echo THAWED >"$1"' _ {} \;
    find "$group" -name cgroup.procs -exec cat {} + | xargs -r kill -9
  done

  grep -o " $folder[^ ]*" /proc/mounts | sort -r | xargs -r -n1 umount -l
  losetup -l -n -O NAME,BACK-FILE | awk -v p="$folder/" 'index($2, p) == 1 { print $1 }' | xargs -r -n1 losetup -d
  for line in /sys/class/net/"$name"-*; do
    [ ! -e "$line" ] || ip link del "${line##*/}"
  done
  # A test bench's own, and those that play the internet, which have an i and four letters more.
  for line in /run/netns/"$name" /run/netns/"$name"i????; do
    [ -e "$line" ] || continue
    ip netns pids "${line##*/}" | xargs -r kill -9
    ip netns del "${line##*/}"
  done
  nft list tables | awk -v n="$name" '$3 == n { print $2, $3 }' | xargs -r -n2 nft delete table

  # A process that was killed leaves its cgroup a moment later.
  for _ in 1 2 3 4 5; do
    for group in /sys/fs/cgroup/"$name" /sys/fs/cgroup/*/"$name"; do
      [ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} +
    done
    compgen -G "/sys/fs/cgroup/*/$name" || compgen -G "/sys/fs/cgroup/$name" || break
    sleep 0.2
  done
  rm -rf --one-file-system "$folder"
}
