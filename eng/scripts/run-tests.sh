# Runs every test project's own program, one after the other, and adds up what they say. Sourced after common.sh.

run_tests() {
  local passed=0 failed=0 skipped=0 name program log counts started
  mkdir -p "$logs/tests"
  for folder in "$repo"/tests/*.Tests; do
    name=$(basename "$folder")
    program="$repo/artifacts/bin/$name/debug/$name"
    log="$logs/tests/$name.log"
    started=$SECONDS
    # A test program that hangs is a failure, not a CI that never ends.
    timeout --kill-after=10 900 "$program" --no-progress --no-ansi >"$log" 2>&1 </dev/null || true
    # The runner's summary, whatever its order: "total: 5", "failed: 0", "succeeded: 4", "skipped: 1".
    counts=$(sed -n 's/^ *\(failed\|succeeded\|skipped\): \([0-9]*\)$/\1=\2/p' "$log")
    if [ -z "$counts" ]; then
      tail -n 30 "$log"
      warn "$name ended without a summary: counted as one failure (its log: $log)"
      failed=$((failed + 1))
      continue
    fi
    local p f s
    p=$(sed -n 's/^succeeded=//p' <<<"$counts" | tail -1)
    f=$(sed -n 's/^failed=//p' <<<"$counts" | tail -1)
    s=$(sed -n 's/^skipped=//p' <<<"$counts" | tail -1)
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    note "$(printf '%-32s %4d passed, %d failed, %d skipped, %d s' "$name" "$p" "$f" "$s" $((SECONDS - started)))"
    [ "$f" = 0 ] || grep -A 25 '^failed ' "$log" | head -n 200
    [ "$s" = 0 ] || sed -n '/^skipped /,/^ /p' "$log" | head -n 20
  done

  if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
  else
    echo "$passed passed, $failed failed"
  fi
  [ "$failed" = 0 ]
}
