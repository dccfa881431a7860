#!/bin/sh
# headers.sh BUILD COMPILER: each header compiles by itself.
set -eu
flags=$(pkg-config --cflags libpq libevent jansson libcurl)
# shellcheck disable=SC2086 # flags are words
find include tests/unit -name '*.h' -print0 | xargs -0 -P 2 -I{} "${2:-cc}" -std=gnu17 -D_GNU_SOURCE \
    -Wall -Wextra -Werror -fsyntax-only -Iinclude -Itests/unit "-I$1/made" $flags -x c -include {} \
    /dev/null
