#!/usr/bin/env bash
# Puts a server that speaks MongoDB's protocol into a folder, for test/archive/mongo.suite.ts. MongoDB's own is neither in
# Debian nor on npm; SecantusDB is on PyPI (Python 3.10 or later). Needs no rights beyond the folder. Does nothing where it is already.
#
#   test/archive/install-mongo.sh <folder>        then: MONGO_SERVER=<folder> npm run test:mongo
set -euo pipefail

version=0.7.0b3
folder=${1:?usage: install-mongo.sh <folder>}
server=$folder/bin/secantusd-py
python=${PYTHON:-python3}

has_it() { [ -x "$server" ] && compgen -G "$folder/lib/python3*/site-packages/[Ss]ecantus*-$version.dist-info" >/dev/null; }

if has_it; then
  echo "SecantusDB $version is in $folder already"
  exit 0
fi
if ! "$python" -m venv --help >/dev/null 2>&1; then
  echo "needs Python with venv (Debian: python3-venv), and $python has none" >&2
  exit 69
fi
echo "installing SecantusDB $version from PyPI into $folder…"
"$python" -m venv --clear "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "secantusdb==$version"
if ! has_it; then
  echo "pip is done, and $server is not there" >&2
  exit 69
fi
echo "installed SecantusDB $version: $server"
