#!/bin/sh
# Every shell script, whatever its name.
set -eu
grep -rlE '^#!/bin/(ba)?sh' config tests .ci systemd | xargs shellcheck
