# Runs every test project's own program and adds up what they say. Sourced after common.sh.

# The longest beside all others one after the other: most tests wait for sandboxes and servers, so that one alone leaves the processor idle for a third of its time.
longest=Atoll.EndToEnd.Tests

# A test program that hangs is a failure, not a CI that never ends: seconds, of the 30 minutes that a whole run may take.
suite_limit=1320

run_tests() {
  local results passed=0 failed=0 skipped=0 p f s beside=()
  mkdir -p "$logs/tests"
  results=$(mktemp)
  for folder in "$repo"/tests/*.Tests; do
    [ "$(basename "$folder")" = "$longest" ] || beside+=("$(basename "$folder")")
  done

  run_suites "$results" "$longest" &
  run_suites "$results" "${beside[@]}"
  wait $!
  while read -r p f s; do
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  done <"$results"
  rm -f "$results"

  if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
  else
    echo "$passed passed, $failed failed"
  fi
  [ "$failed" = 0 ]
}

# One after the other; what each says is printed in one piece.
run_suites() {
  local results=$1 name log started words
  shift
  for name in "$@"; do
    log="$logs/tests/$name.log"
    started=$SECONDS
    timeout --kill-after=10 "$suite_limit" "$repo/artifacts/bin/$name/debug/$name" -noColor -noLogo -longRunning 60 >"$log" 2>&1 </dev/null || true
    words=$(tell_suite "$results" "$name" "$log" $((SECONDS - started)))
    printf '%s\n' "$words"
  done
}

# What a suite's log says: a line of three numbers (passed, failed, skipped) into the results, words for people to stdout.
tell_suite() {
  local results=$1 name=$2 log=$3 seconds=$4 counts total errors p f s out
  # The runner's summary: "NAME  Total: 17, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 0.820s".
  counts=$(sed -n 's/.*Total: \([0-9]*\), Errors: \([0-9]*\), Failed: \([0-9]*\), Skipped: \([0-9]*\), Not Run: \([0-9]*\), .*/\1 \2 \3 \4 \5/p' "$log" | tail -1)
  if [ -z "$counts" ]; then
    echo "0 1 0" >>"$results"
    tail -n 30 "$log"
    warn "$name ended without a summary: counted as one failure (its log: $log)"
    return
  fi

  read -r total errors f s out <<<"$counts"
  f=$((f + errors))
  p=$((total - f - s - out))
  echo "$p $f $s" >>"$results"
  note "$(printf '%-32s %4d passed, %d failed, %d skipped, %d s' "$name" "$p" "$f" "$s" "$seconds")"
  [ "$f" = 0 ] || grep -A 20 -E '\[(FAIL|ERROR)\]' "$log" | head -n 200
  [ "$s" = 0 ] || sed -n '/\[SKIP\]/{s/^ *//;N;s/\n */: /;p}' "$log" | head -n 20
}
