#!/bin/sh
# Functions that are not to be called: unsafe ones, and those with one place of their own.
set -eu
bad=0

ban() { # functions, then an extended expression of the files that may call them
    calls=$(grep -rnEw "($1) *\(" daemon include --include='*.[ch]' | grep -vE "^($2):" |
        grep -vE ':[0-9]+:( \*|/\*)' || true)
    if [ -n "$calls" ]; then
        echo "not to be called: $1"
        echo "$calls"
        bad=1
    fi
}

nowhere='-'
ban 'strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|rand|srand|system|popen' $nowhere
ban 'gmtime|localtime|mktime|asctime|ctime|strftime|setlocale|tmpnam|mktemp' $nowhere
ban 'malloc|calloc|realloc|strdup|strndup|asprintf' 'daemon/base/mem.c'
ban 'snprintf|vsnprintf' 'daemon/base/[a-z_]+.c'
ban 'time|clock_gettime|gettimeofday' 'daemon/base/clock.c'
ban 'getenv|setenv' 'daemon/(main|config|store/pg_programs|ctl/[a-z_]+|edge/[a-z_]+).c'
if grep -rnw goto daemon include --include='*.[ch]' | grep -vE ':[0-9]+:( \*|/\*)'; then
    echo "no goto"
    bad=1
fi
exit $bad
