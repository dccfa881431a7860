#!/bin/sh
# clang_tidy.sh BUILD: the checks of .clang-tidy over the daemon and whistlectl.
set -eu
find daemon -name '*.c' -print0 | xargs -0 -P 2 -n 4 clang-tidy-14 -p "$1" --quiet \
    --extra-arg=-Wno-unknown-warning-option 2>&1 | grep -vE '^[0-9]+ warnings? (generated|treated)' >"$1/clang_tidy.out" || true
if grep -E 'error:|warning:' -A 3 "$1/clang_tidy.out"; then exit 1; fi
