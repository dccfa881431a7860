#!/bin/sh
# dead_code.sh BUILD: every function is called in one of the programs that have its object; the
# linker's maps name those that it left out.
set -eu
left_out() { # object and function, one a line
    sed -n '/^Discarded input sections/,/^Memory Configuration/p' "$1" | awk '
        /^ \.text\.[a-zA-Z_]/ { name = $1; if (NF == 1) { getline; object = $3 } else object = $4
            if (object ~ /CMakeFiles\/(base|domain|wire|store|flow|edge|wiring|whistled|whistlectl)\.dir/) {
                sub(/^.*\.dir\//, "", object); sub(/^\.text\./, "", name)
                sub(/^(unlikely|startup|exit|hot)\./, "", name)
                if (name !~ /\.(cold|constprop|isra|part)/) print object, name } }' | sort -u
}
shared='^daemon/(base|domain|wire)/'
[ -f "$1/whistled.map" ] # the daemon is built
left_out "$1/whistled.map" >"$1/dead.whistled"
left_out "$1/whistlectl.map" >"$1/dead.whistlectl"
{
    grep -vE "$shared" "$1/dead.whistled" || true
    grep -vE "$shared" "$1/dead.whistlectl" || true
    comm -12 "$1/dead.whistled" "$1/dead.whistlectl" | grep -E "$shared" || true
} >"$1/dead"
sed 's/^/nobody calls: /' "$1/dead"
[ ! -s "$1/dead" ]
