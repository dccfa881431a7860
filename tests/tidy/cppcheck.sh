#!/bin/sh
# cppcheck.sh BUILD: what cppcheck finds in the daemon and whistlectl.
set -eu
mkdir -p "$1/cppcheck"
cppcheck -q -j 2 --enable=warning,style,performance,portability --inline-suppr --error-exitcode=1 \
    --cppcheck-build-dir="$1/cppcheck" --std=c11 -D_GNU_SOURCE -Iinclude "-I$1/made" \
    --suppress=missingIncludeSystem --suppress=unusedStructMember --suppress=constParameter \
    --suppress=variableScope --suppress=internalAstError \
    --suppress=invalidPointerCast daemon
