# Runs every test project's own program, one after the other, and adds up what they say. Sourced after common.sh.

# Most end-to-end tests wait for servers and sandboxes: more at a time than there are processors, or these idle.
declare -A threads=([Atoll.EndToEnd.Tests]=3)

run_tests() {
  local passed=0 failed=0 skipped=0 name program log counts started
  mkdir -p "$logs/tests"
  for folder in "$repo"/tests/*.Tests; do
    name=$(basename "$folder")
    program="$repo/artifacts/bin/$name/debug/$name"
    log="$logs/tests/$name.log"
    started=$SECONDS
    # A test program that hangs is a failure, not a CI that never ends.
    timeout --kill-after=10 2400 "$program" -noColor -noLogo -longRunning 60 -maxThreads "${threads[$name]:-default}" >"$log" 2>&1 </dev/null || true
    # What is not run (only when asked for) is not counted. The runner's summary: "NAME  Total: 17, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 0.820s".
    counts=$(sed -n 's/.*Total: \([0-9]*\), Errors: \([0-9]*\), Failed: \([0-9]*\), Skipped: \([0-9]*\), Not Run: \([0-9]*\), .*/\1 \2 \3 \4 \5/p' "$log" | tail -1)
    if [ -z "$counts" ]; then
      tail -n 30 "$log"
      warn "$name ended without a summary: counted as one failure (its log: $log)"
      failed=$((failed + 1))
      continue
    fi
    local total errors p f s out
    read -r total errors f s out <<<"$counts"
    f=$((f + errors)) p=$((total - f - s - out))
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    note "$(printf '%-32s %4d passed, %d failed, %d skipped, %d s' "$name" "$p" "$f" "$s" $((SECONDS - started)))"
    [ "$f" = 0 ] || grep -A 20 -E '\[(FAIL|ERROR)\]' "$log" | head -n 200
    [ "$s" = 0 ] || sed -n '/\[SKIP\]/{s/^ *//;N;s/\n */: /;p}' "$log" | head -n 20
  done

  if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
  else
    echo "$passed passed, $failed failed"
  fi
  [ "$failed" = 0 ]
}
