#!/bin/sh
# Every setting of the sample file is used somewhere.
set -eu
awk '/^\[/ { section = substr($0, 2, length($0) - 2) }
     /^[a-z_]+ =/ { print section, $1 }' config/whistled.ini | {
    bad=0
    while read -r section key; do
        grep -rqE "(\b$section|[a-z_]+)(\.|->)$key\b" daemon --include='*.c' --exclude='config*.c' ||
            { echo "[$section] $key: nobody reads it" && bad=1; }
    done
    exit $bad
}
