#!/usr/bin/env bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
  cat <<'TEXT'
Usage: ./build.sh [command]

  (none)                 build the actions' bundles into dist/actions
  tools                  build wskdeploy and wsk into .tools (needs Go)
  deploy [--insecure] [--tenant-moved NAME]...
                         build, check, and deploy to the OpenWhisk host that .env names
  undeploy [--insecure]  build, and take Cascade off that host
  --help                 this text

Both read their settings from .env (see .env.example); a variable of the environment overrides the file's.
--insecure takes plain http (to this machine it needs no word) and certificates that cannot be trusted.
--tenant-moved says that a tenant of the settings has another address than the ledger knows, and is the same tenant. Not
for two deployments on one database: give each a COUCHDB_DATABASE of its own.

Exit codes: 0 fine, 1 something failed, 2 misuse.
TEXT
}

# An argument as a terminal may have it: whatever is not plain ASCII as an escape.
shown() {
  LC_ALL=C printf '%q' "$1"
}

misuse() {
  echo "$1 See ./build.sh --help." >&2
  exit 2
}

fail() {
  echo "$1" >&2
  exit 1
}

cascade() {
  [ -d "$root/node_modules" ] || fail 'The packages are missing: run npm ci first.'
  (cd "$root" && node cli/cascade.js "$@")
}

# Go's own cache makes a second build a matter of a second, so nothing here decides what is up to date.
tool() {
  (cd "$root/tools/$1" && go build -o "$root/.tools/$1" "$2") || fail "Go could not build $1: its lines above say why."
  echo ".tools/$1"
}

tools() {
  command -v go > /dev/null ||
    fail 'Go is missing, which builds wskdeploy and wsk. Without it: put the release binary of wskdeploy on PATH for ./build.sh deploy; npm start needs neither.'
  mkdir -p "$root/.tools"
  tool wskdeploy github.com/apache/openwhisk-wskdeploy
  tool wsk github.com/sciabarracom/openwhisk-cli
}

check_options() {
  local what=$1
  shift
  while [ $# -gt 0 ]; do
    case "$what $1" in
      *' --insecure') ;;
      'deploy --tenant-moved')
        case "${2-}" in '' | -*) misuse '--tenant-moved takes the name of a tenant.' ;; esac
        shift
        ;;
      *) misuse "$what does not know $(shown "$1")." ;;
    esac
    shift
  done
}

# wskdeploy wants the bundles, also to delete.
run_deploy() {
  local what=$1
  shift
  check_options "$what" "$@"
  [ -f "$root/.env" ] || fail 'The file .env is missing: copy .env.example to .env and fill it in.'
  if [ "$what" = deploy ]; then cascade check --deploy; fi
  cascade build
  (cd "$root" && node --import tsx src/deploy/main.ts "$what" "$@")
}

asks_for_help() {
  local argument
  for argument in "$@"; do
    case "$argument" in --help | -h) return 0 ;; esac
  done
  return 1
}

command=${1-}
[ $# -eq 0 ] || shift
case "$command" in
  tools | deploy | undeploy) if asks_for_help "$@"; then command=--help; fi ;;
esac
case "$command" in
  '') cascade build ;;
  tools) [ $# -eq 0 ] || misuse 'tools takes nothing more.'; tools ;;
  deploy | undeploy) run_deploy "$command" "$@" ;;
  --help | -h) usage ;;
  *) misuse "Unknown command: $(shown "$command")." ;;
esac
