#!/bin/sh
# Every statement file is used, and says in its first line what it is for.
set -eu
bad=0
for file in $(find sql/stmt -name '*.sql' | sort); do
    name=$(echo "${file#sql/stmt/}" | sed 's/\.sql$//' | tr 'a-z/.-' 'A-Z___')
    grep -rqw "STMT_$name" daemon || { echo "$file: nobody uses STMT_$name" && bad=1; }
    head -n 1 "$file" | grep -q '^-- ' || { echo "$file: begins without a comment" && bad=1; }
done
exit $bad
