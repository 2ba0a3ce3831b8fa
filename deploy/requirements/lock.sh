#!/usr/bin/env bash
# Keeps the pinned versions (UPGRADE=1: chooses the newest) within pyproject.toml, build.in and jgo.toml, and writes them down with hashes and without a host.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${VENV:=.venv}"

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3.11 -m venv "$tools"
"$tools/bin/python" -m pip install --quiet uv==0.13.9

compile() {
  local out="deploy/requirements/$1.txt"
  shift
  "$tools/bin/uv" pip compile --quiet --generate-hashes --python-version 3.11 \
    --no-emit-index-url --no-annotate --no-header ${UPGRADE:+--upgrade} --output-file "$out" "$@"
  sed -i '1i # Made by `make lock`; change pyproject.toml or build.in and run it again.' "$out"
}
compile dev --extra embedded --extra dev --extra similarity pyproject.toml
compile run --constraints deploy/requirements/dev.txt pyproject.toml
compile run-similarity --constraints deploy/requirements/dev.txt --extra similarity pyproject.toml
compile build deploy/requirements/build.in

"$VENV/bin/python" -m deploy.embedded.jars lock
git diff --stat -- deploy/requirements deploy/kafka
