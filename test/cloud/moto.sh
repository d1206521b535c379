#!/usr/bin/env bash
# The cloud contracts and preflight against moto (PyPI), in a virtual environment that is gone afterwards. Extra arguments go to vitest.
# Needs python3 with venv, and the package index once. Ends only the server that it started.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# Of PyPI: the last version that this was run against.
version=5.2.5
folder=$(mktemp -d)
server=
stop() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap stop EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "moto[server]==$version"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$folder/venv/bin/moto_server" -H 127.0.0.1 -p "$port" >"$folder/log" 2>&1 &
server=$!

export MOTO_URL="http://127.0.0.1:$port"
for _ in $(seq 100); do
  if python3 -c "import urllib.request; urllib.request.urlopen('$MOTO_URL/moto-api/')" 2>/dev/null; then ready=yes; break; fi
  if ! kill -0 "$server" 2>/dev/null; then break; fi
  sleep 0.2
done
if [ -z "${ready:-}" ]; then
  echo "moto did not start:" >&2
  cat "$folder/log" >&2
  exit 1
fi
echo "moto $version at $MOTO_URL"
PATH="$PWD/node_modules/.bin:$PATH" vitest run test/contracts/cloud.moto.test.ts test/operations/preflight/moto.test.ts "$@"
