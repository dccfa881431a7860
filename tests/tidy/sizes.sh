#!/bin/sh
# A file has at most 500 lines, a function at most 60.
set -eu
find daemon include tests sql \( -name '*.[ch]' -o -name '*.py' -o -name '*.sh' -o -name '*.sql' \) \
    -exec awk '
    FNR == 1 { if (lines > 500) { print file ": " lines " lines"; bad = 1 }; file = FILENAME }
    { lines = FNR }
    /^\{$/ { start = FNR }
    /^}$/ && start { if (FNR - start - 1 > 60) { print file ":" start ": a function of " FNR - start - 1 " lines"; bad = 1 }; start = 0 }
    END { if (lines > 500) { print file ": " lines " lines"; bad = 1 }; exit bad }' {} +
