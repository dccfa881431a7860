#!/bin/sh
# Each folder may include only itself and the folders named after it; a foreign header only where it
# is fenced in.
set -eu

allow() {
    from=$1
    find "daemon/$from" "include/$from" -name "*.[ch]" -print0 2>/dev/null |
        xargs -r0 grep -oHE '^#include "[a-z_0-9]+[/.]' | while IFS=: read -r file line; do
        to=$(echo "$line" | tr -d '"/.' | cut -d' ' -f2)
        case " $* statements migrations presets " in
        *" $to "*) ;;
        *) echo "$file: must not include $to" ;;
        esac
    done
}

only() { # a foreign header, then the folders or files that may name it
    header=$1
    grep -rlE "^#include <$header" daemon include | while read -r file; do
        case " $* " in
        *" $(echo "$file" | cut -d/ -f2) "* | *" ${file#*/} "*) ;;
        *) echo "$file: <$header> does not belong here" ;;
        esac
    done
}

report=$(
    allow base
    allow domain base
    allow wire domain base
    allow store domain base
    allow flow wire store domain base
    allow edge flow wire domain base
    allow ctl wire domain base
    only libpq store
    only jansson wire ctl
    only 'event2/(http|listener|bufferevent)' edge
    only event2/ store edge app.c
    only curl edge ctl
    only ini.h config.c
    only openssl base/crypt.c
    only unicode base
    only systemd edge
)
[ -z "$report" ] || { echo "$report" && exit 1; }
