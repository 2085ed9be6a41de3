#!/usr/bin/env bash
# The list calls of the portal's screens on a generated fleet: alone and computed anew (Cache-Control: no-cache), then asked by many at
# once, as a page that many people have open asks them and computed anew, beside nginx serving the same bytes from disk; and the speed
# of exports, the largest of more than 10 million rows. Needs wrk and nginx (Debian).
# usage: bench/run api [DEVICES [SECONDS [CONNECTIONS]]]; MERLON_BENCH_MERLON: another binary, MERLON_BENCH_EXPORTS=: no exports
set -euo pipefail
cd "$(dirname "$0")/.."
devices=${1:-120000} seconds=${2:-10} connections=${3:-16}
merlon=${MERLON_BENCH_MERLON:-$PWD/build/release/merlon}
for tool in wrk nginx; do command -v $tool >/dev/null || { echo "$tool is missing: apt-get install wrk nginx-light" >&2; exit 1; }; done
data=${MERLON_BENCH_DATA:-$PWD/build/bench-api-$devices}
[[ -e $data/merlon.duckdb ]] || { echo "making a fleet of $devices devices in $data" >&2; "$merlon" --quiet --data "$data" demo --devices "$devices" --without-this-machine --without-history >/dev/null; }
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
first() { curl -sSG "$url/api/$1" --data-urlencode "\$filter=$2" --data-urlencode '$top=1' --data-urlencode "\$orderby=$3" | sed -n 's/.*"value":\[{"id":"\([^"]*\)".*/\1/p'; }
machine=$(first machines "id ne ''" id) product=$(first Software 'exposedMachines gt 0' 'exposedMachines desc') cve=$(first vulnerabilities 'exposedMachines gt 0' 'exposedMachines desc')
calls=('machines?$top=100&$orderby=computerDnsName&$count=true' "machines?\$top=100&\$filter=exposureLevel%20eq%20'High'&\$orderby=computerDnsName&\$count=true" "machines/$machine"
  "machines/$machine/vulnerabilities?\$count=true" "machines/$machine/software?\$count=true" "machines/$machine/recommendations?\$count=true" 'recommendations?$count=true'
  "vulnerabilities?\$filter=exposedMachines%20gt%200%20and%20severity%20eq%20'Critical'&\$top=100&\$count=true" "vulnerabilities/$cve/machineReferences?\$top=100&\$count=true"
  'Software?$count=true&$top=100' "Software/$product/machineReferences?\$top=100&\$count=true" "Software/$product/distributions" 'configurations?$count=true' 'hardware?$count=true&$top=100'
  'alerts?$top=100&$count=true' 'events?$top=100&$count=true' 'serviceTargets/breaches?$top=100&$count=true' exposureScore configurationScore 'machines/$count')
shorten() { sed "s/$machine/ID/; s/%20/ /g" <<<"$1" | cut -c1-70; }
spent() { awk '{print ($14 + $15) * 10}' "/proc/$(cat "$work/merlon.pid")/stat"; } # milliseconds of processor time: hundredths of a second are counted
printf '%-70s %8s %8s %14s\n' 'alone, anew, of 11' ms longest 'processor ms'
for call in "${calls[@]}"; do
  curl -sSf -o /dev/null -H 'Cache-Control: no-cache' "$url/api/$call" || { echo "$call is not answered" >&2; exit 1; }
  begun=$(spent)
  for _ in {1..11}; do curl -sS -o /dev/null -w '%{time_total}\n' -H 'Cache-Control: no-cache' "$url/api/$call"; done | sort -n >"$work/times"
  printf '%-70s %8.0f %8.0f %14.0f\n' "$(shorten "$call")" "$(awk 'NR == 6 {print $1 * 1000}' "$work/times")" "$(awk 'END {print $1 * 1000}' "$work/times")" "$((($(spent) - begun) / 11))"
done
printf '\n'
printf '%-52s %10s %10s %10s %12s %8s %10s %10s\n' call bytes 'req/s' 'p99' 'nginx req/s' ratio 'anew req/s' 'p99'
measure() { wrk -t1 -c"$connections" --latency "$@" | awk '/99%/ {p = $2} /Requests\/sec/ {r = $2} END {print r, p}'; }
number=0
for path in '/api/machines?$top=100' "/api/vulnerabilities?\$filter=exposedMachines%20gt%200%20and%20severity%20eq%20'Critical'&\$top=100" '/api/recommendations' \
  "/api/machines/$machine/vulnerabilities" "/api/machines/$machine/software" "/api/machines/$machine/recommendations" '/api/configurations' '/api/hardware?$top=100' '/api/Software?$top=100'; do
  number=$((number + 1))
  curl -sS "$url$path" -o "$work/www/$number"
  bytes=$(stat -c %s "$work/www/$number")
  read -r rate p99 < <(measure -d"${seconds}s" "$url$path")
  read -r anew anew_p99 < <(measure -d"${seconds}s" -H 'Cache-Control: no-cache' "$url$path")
  read -r other _ < <(measure -d3s "http://127.0.0.1:18349/$number")
  printf '%-52s %10s %10s %10s %12s %8s %10s %10s\n' "$(sed 's/[0-9a-f]\{40\}/ID/; s/%20/ /g' <<<"$path" | cut -c1-52)" "$bytes" "$rate" "$p99" "$other" \
    "$(awk "BEGIN {printf \"1:%.1f\", $other / ($rate + 0.001)}")" "$anew" "$anew_p99"
done
[[ ${MERLON_BENCH_EXPORTS-yes} ]] || exit 0
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
