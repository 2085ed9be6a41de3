# What suites share that run a server; to be sourced in the project's folder. $work is theirs alone, $work/said has what was said last.
merlon=${MERLON:-$PWD/build/check/merlon} passed=0 failed=0
work=$(mktemp -d)
server= port=

good() { ((++passed)); }
# bad WHAT [FILE]: with what was said, or what stands in FILE.
bad() { ((++failed)); printf 'FAILED: %s\n' "$1" >&2; head -c 1500 "${2:-$work/said}" 2>/dev/null | sed 's/^/    /' >&2; }
# says CODE PATTERN COMMAND...: it exits with CODE and says PATTERN, within $patience seconds where it is no function.
says() {
  local code=$1 pattern=$2 got=0
  shift 2
  [[ $(type -t "$1") == function ]] || set -- timeout "${patience:-60}" "$@"
  "$@" >"$work/said" 2>&1 || got=$?
  if ((got == code)) && grep -qE -- "$pattern" "$work/said"; then good; else bad "$*: exit $got, wanted $code and /$pattern/"; fi
}
# equal WHAT A B
equal() { if [[ $2 == "$3" ]]; then good; else echo "«$2» is not «$3»" >"$work/said"; bad "$1"; fi; }
# start_server [OPTION...]: a server on $port, process $server; given up after $tries tenths of a second. Options stand before the verb.
start_server() {
  "$merlon" "$@" serve --listen 127.0.0.1:0 2>"$work/server.log" &
  server=$!
  for _ in $(seq "${tries:-300}"); do
    port=$(sed -n 's|^Merlon answers on http://127.0.0.1:\([0-9]*\).*|\1|p' "$work/server.log")
    [[ -n $port ]] && return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  bad 'the server does not start' "$work/server.log"
  return 1
}
