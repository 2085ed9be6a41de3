#!/usr/bin/env bash
# Requests a second and latency of four list calls on a generated fleet, as a page that many people have open asks them, and
# computed anew each time (Cache-Control: no-cache), beside nginx serving the same bytes from disk; and the speed of exports,
# the largest of more than 10 million rows. Needs wrk and nginx (Debian). usage: bench/run api [DEVICES [SECONDS [CONNECTIONS]]]
set -euo pipefail
cd "$(dirname "$0")/.."
devices=${1:-120000} seconds=${2:-10} connections=${3:-16}
merlon=$PWD/build/release/merlon
for tool in wrk nginx; do command -v $tool >/dev/null || { echo "$tool is missing: apt-get install wrk nginx-light" >&2; exit 1; }; done
data=${MERLON_BENCH_DATA:-$PWD/build/bench-api-$devices}
[[ -e $data/merlon.duckdb ]] || { echo "making a fleet of $devices devices in $data" >&2; "$merlon" --quiet --data "$data" demo --devices "$devices" --without-this-machine >/dev/null; }
work=$(mktemp -d)
trap 'kill $(cat "$work"/*.pid 2>/dev/null) 2>/dev/null; rm -rf "$work"' EXIT
"$merlon" --data "$data" --set log.level=error serve --listen 127.0.0.1:0 2>"$work/log" & echo $! >"$work/merlon.pid"
until url=$(sed -n 's/.*answers on \(http:[^ ]*\).*/\1/p' "$work/log") && [[ -n $url ]]; do sleep 0.2; done
mkdir "$work/www"
cat >"$work/nginx.conf" <<CONF
daemon off; pid $work/nginx.pid; worker_processes 1; error_log stderr crit;
events { worker_connections 1024; }
http { access_log off; client_body_temp_path $work; proxy_temp_path $work; fastcgi_temp_path $work; uwsgi_temp_path $work; scgi_temp_path $work;
  server { listen 127.0.0.1:18349; root $work/www; default_type application/json; } }
CONF
nginx -c "$work/nginx.conf" 2>"$work/nginx.log" &
sleep 0.5
machine=$("$merlon" --data "$data" get machines --top 1 --select id --output csv | tail -n 1 | tr -d '\r')
printf '%-52s %10s %10s %10s %12s %8s %10s %10s\n' call bytes 'req/s' 'p99' 'nginx req/s' ratio 'anew req/s' 'p99'
measure() { wrk -t1 -c"$connections" --latency "$@" | awk '/99%/ {p = $2} /Requests\/sec/ {r = $2} END {print r, p}'; }
number=0
for path in '/api/machines?$top=100' "/api/vulnerabilities?\$filter=exposedMachines%20gt%200%20and%20severity%20eq%20'Critical'&\$top=100" \
  '/api/recommendations' "/api/machines/$machine/vulnerabilities"; do
  number=$((number + 1))
  curl -sS "$url$path" -o "$work/www/$number"
  bytes=$(stat -c %s "$work/www/$number")
  read -r rate p99 < <(measure -d"${seconds}s" "$url$path")
  read -r anew anew_p99 < <(measure -d"${seconds}s" -H 'Cache-Control: no-cache' "$url$path")
  read -r other _ < <(measure -d3s "http://127.0.0.1:18349/$number")
  printf '%-52s %10s %10s %10s %12s %8s %10s %10s\n' "$(sed 's/[0-9a-f]\{40\}/ID/; s/%20/ /g' <<<"$path" | cut -c1-52)" "$bytes" "$rate" "$p99" "$other" \
    "$(awk "BEGIN {printf \"1:%.1f\", $other / ($rate + 0.001)}")" "$anew" "$anew_p99"
done
printf '\n%-52s %12s %10s %10s %12s\n' export rows MB MB/s 'RSS MB'
while read -r what format; do
  begun=$(date +%s.%N)
  curl -sS "$url/api/machines/$what?\$format=$format" | tee >(wc -c >"$work/bytes") | wc -l >"$work/rows"
  sleep 0.2
  awk -v b="$(cat "$work/bytes")" -v r="$(cat "$work/rows")" -v s="$begun" -v e="$(date +%s.%N)" -v rss="$(awk '/VmRSS/ {print $2 / 1024}' "/proc/$(cat "$work/merlon.pid")/status")" -v f="$what, $format" \
    'BEGIN {printf "%-52s %12d %10.0f %10.1f %12.0f\n", f, r, b / 1e6, b / 1e6 / (e - s), rss}'
done <<EXPORTS
SoftwareVulnerabilitiesByMachine ndjson
SoftwareVulnerabilitiesByMachine csv
SecureConfigurationsAssessmentByMachine ndjson
EXPORTS
