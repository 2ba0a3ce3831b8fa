#!/usr/bin/env bash
# Makes the environment: Python packages with checked hashes, this project, the file of places, Kafka's jars.
# Safe to repeat. PYTHON and VENV say with what and where.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${PYTHON:=python3.11}" "${VENV:=.venv}"
begun=$SECONDS

step() { printf '%-34s' "$1"; step_begun=$SECONDS; }
done_() { printf '%4d s\n' "$((SECONDS - step_begun))"; }

if ! command -v "$PYTHON" >/dev/null; then
  echo "$PYTHON is not there: install Python 3.11, or say where it is with PYTHON=/path/to/python3.11" >&2
  exit 2
fi
if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then
  echo "$PYTHON is not Python 3.11: say where that is with PYTHON=/path/to/python3.11" >&2
  exit 2
fi

step "virtual environment"
[ -x "$VENV/bin/python" ] || "$PYTHON" -m venv "$VENV"
done_

# On a terminal: how many packages were looked at so far.
count() {
  local seen=0 line
  while read -r line; do
    case "$line" in
    Collecting*) seen=$((seen + 1)) && [ ! -t 1 ] || printf '\r%-34s%4d  ' "$1" "$seen" ;;
    Installing*) [ ! -t 1 ] || printf '\r%-34s unpacking  ' "$1" ;;
    esac
  done
  [ ! -t 1 ] || printf '\r%-50s\r%-34s' "" "$1"
}
packages=$(cat deploy/requirements/{build,dev}.txt | grep -c '==')
step "$packages Python packages"
log="$VENV/setup.log"
if ! "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input --no-color --require-hashes \
  -r deploy/requirements/build.txt -r deploy/requirements/dev.txt 2>&1 | tee "$log" | count "$packages Python packages"; then
  echo "failed; the end of $log:" >&2
  tail -n 15 "$log" >&2
  exit 1
fi
done_

step "this project"
"$VENV/bin/python" -m pip install --disable-pip-version-check --quiet --no-build-isolation --no-deps -e .
done_

step "places of the world"
"$VENV/bin/python" -m shared.vocabulary.places_file >/dev/null
done_

step "Kafka's jars"
"$VENV/bin/python" -m deploy.embedded.jars
done_

echo "The environment in $VENV is ready after $((SECONDS - begun)) s."
