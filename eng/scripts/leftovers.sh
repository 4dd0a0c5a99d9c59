# Removes what a failed test run may have left on the host. Sourced. Test instances are named t and five letters (Scratch in tests/Atoll.Testing).

remove_leftovers() {
  local line
  {
    for line in /tmp/atoll-test-*; do
      [ -d "$line" ] || continue
      grep -o " $line[^ ]*" /proc/mounts | sort -r | xargs -r -n1 umount -l
      losetup -l -n -O NAME,BACK-FILE | awk -v p="$line" 'index($2, p) == 1 { print $1 }' | xargs -r -n1 losetup -d
      rm -rf --one-file-system "$line"
    done
  } >/dev/null 2>&1
  true
}
