#!/usr/bin/env bash
# Installs symnet in an environment of its own; a wheel of it beside this file is taken before any other.
set -euo pipefail
root=${AUTOGRADER_ROOT:-/autograder}
python=$(command -v python3.13 || command -v python3.12 || command -v python3.11 || true)
if [ -z "$python" ] || ! "$python" -c 'import ensurepip' 2>/dev/null; then
    python=${python:-python3.11}
    apt-get update -qq
    apt-get install -y -qq "$(basename "$python")" "$(basename "$python")-venv"
fi
"$(basename "$python")" -m venv "$root/venv"
"$root/venv/bin/pip" install -q --find-links "$root/source" -r "$root/source/requirements.txt"
