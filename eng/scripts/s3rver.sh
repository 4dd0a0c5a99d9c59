#!/bin/sh
# Installs the S3 server that tests use, once, into artifacts/cache, and prints its program. Needs npm and, the first time, its registry.
set -eu
version=3.7.1
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$root/artifacts/cache/s3rver-$version
program=$folder/node_modules/s3rver/bin/s3rver.js
if [ ! -e "$folder/complete" ]; then
    command -v npm >/dev/null || { echo "npm is not installed" >&2; exit 1; }
    mkdir -p "$root/artifacts/cache"
    # Test programs run side by side: the second finds what the first installed.
    exec 9>"$folder.lock"
    flock 9
    if [ ! -e "$folder/complete" ]; then
        rm -rf "$folder"
        mkdir -p "$folder"
        npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --no-save --silent "s3rver@$version" >&2
        touch "$folder/complete"
    fi
fi
echo "$program"
