# The bash side of a code context: an interactive shell without a terminal, which reads its lines from the server. Interactive, because then SIGINT ends what runs and
# not the shell, and because a cell runs at the top level, where `declare` makes globals. A cell comes as: __atoll_from=…; __atoll_start …; its code by eval; __atoll_end.
# What it writes goes out untouched; frames between it bear a mark that only this request knows. Needs bash 4.3.
set +m +H +o history
unset HISTFILE PROMPT_COMMAND
export -n PS1 PS2
exec {__atoll_out}>&1 {__atoll_err}>&2
declare -i __atoll_count=0
declare __atoll_nonce= __atoll_cwd= __atoll_options= __atoll_skip= __atoll_from= __atoll_origin=
declare -A __atoll_env=()
declare -a __atoll_names=()
__atoll_frame() { builtin printf '\x1e%s.%s\n' "$__atoll_nonce" "$1" >&"$2"; }
__atoll_error() { __atoll_frame "{\"type\":\"error\",\"name\":\"$1\",\"value\":\"$2\",\"traceback\":\"\"}" "$__atoll_out"; }
__atoll_finish() { __atoll_frame "{\"type\":\"end\",\"count\":$__atoll_count}" "$__atoll_out"; __atoll_frame '{"type":"end"}' "$__atoll_err"; }
# nonce, the context's first directory (or nothing), this cell's directory (or nothing), the number of first variables, then names and values: the first ones, then this cell's.
__atoll_start() {
  __atoll_nonce=$1 __atoll_cwd= __atoll_skip= __atoll_names=() __atoll_env=()
  local first=$2 cwd=$3 initial=$4
  builtin shift 4
  __atoll_count+=1
  # Another origin than the last cell's: this is a fork of that shell, whose generator it shares.
  [[ -n $__atoll_origin && $__atoll_origin != "$__atoll_from" ]] && RANDOM=${SRANDOM:-$(command od -An -N4 -tu4 /dev/urandom)}
  __atoll_origin=$__atoll_from
  __atoll_frame '{"type":"start"}' "$__atoll_err"
  __atoll_frame "{\"type\":\"start\",\"count\":$__atoll_count}" "$__atoll_out"
  while (( initial-- > 0 )); do
    (( __atoll_count == 1 )) && builtin export "$1=$2"
    builtin shift 2
  done
  if [[ -n $first ]] && (( __atoll_count == 1 )) && ! builtin cd -- "$first" 2>/dev/null; then
    __atoll_error WorkingDirectoryInvalid 'the working directory of this context cannot be entered'
    __atoll_skip=1
  fi
  if [[ -n $cwd ]]; then
    __atoll_cwd=$PWD
    if ! builtin cd -- "$cwd" 2>/dev/null; then
      __atoll_error WorkingDirectoryInvalid 'the directory in cwd cannot be entered'
      __atoll_skip=1
    fi
  fi
  while (( $# )); do
    __atoll_names+=("$1")
    [[ -v $1 ]] && __atoll_env[$1]=${!1}
    builtin export "$1=$2"
    builtin shift 2
  done
  builtin trap '__atoll_exit $?' EXIT
  [[ $__atoll_options == *u* ]] && builtin set -u
  [[ $__atoll_options == *x* ]] && builtin set -x
  [[ $__atoll_options == *e* ]] && builtin set -e
  return 0
}
__atoll_end() {
  { __atoll_options=$-; builtin set +eux; } 2>/dev/null
  local code=$1 name
  for name in "${__atoll_names[@]}"; do
    if [[ -v __atoll_env[$name] ]]; then builtin export "$name=${__atoll_env[$name]}"; else builtin unset -v "$name"; fi
  done
  [[ -n $__atoll_cwd ]] && builtin cd -- "$__atoll_cwd" 2>/dev/null
  if [[ -z $__atoll_skip ]] && (( code != 0 )); then
    if (( code == 130 )); then __atoll_error Interrupted 'the code was interrupted'; else __atoll_error ExitStatus "$code"; fi
  fi
  __atoll_finish
}
__atoll_exit() {
  { builtin set +eux; } 2>/dev/null
  (( $1 != 0 )) && __atoll_error ExitStatus "$1"
  __atoll_frame "{\"type\":\"end\",\"count\":$__atoll_count,\"exited\":true}" "$__atoll_out"
  __atoll_frame '{"type":"end"}' "$__atoll_err"
}
