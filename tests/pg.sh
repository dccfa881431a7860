#!/bin/sh
# pg.sh start FOLDER | stop FOLDER | with FOLDER COMMAND...: a throw-away PostgreSQL with its socket
# in that folder, for tests: quick rather than safe, open to whoever reaches the folder (mode 0700).
# Under root it runs as an ordinary user. `with` runs the command while the server is there.
set -eu

# The newest server; distributions put it outside PATH.
programs=$(find /usr/lib/postgresql /usr/local/pgsql -maxdepth 2 -name bin 2>/dev/null |
    sort -V | tail -n 1)
[ -n "$programs" ] || programs=$(dirname "$(command -v initdb)")

as_user() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
    else
        (cd / && setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups "$@")
    fi
}

user=nobody
if id postgres >/dev/null 2>&1; then user=postgres; fi
folder=$2

stop() {
    if [ -f "$folder/data/postmaster.pid" ]; then
        as_user "$programs/pg_ctl" stop -D "$folder/data" -m immediate -w -t 60 >/dev/null || true
    fi
    rm -rf "$folder"
}

start() {
    stop # what an interrupted run has left
    mkdir -m 0700 "$folder"
    if [ "$(id -u)" -eq 0 ]; then chown "$user" "$folder"; fi
    as_user "$programs/initdb" -D "$folder/data" -U postgres -E UTF8 --locale=C -A trust \
        --no-sync --no-instructions >/dev/null
    options="-k $folder -c listen_addresses= -c fsync=off -c synchronous_commit=off"
    options="$options -c full_page_writes=off -c max_connections=200 -c max_wal_size=2GB"
    as_user "$programs/pg_ctl" start -D "$folder/data" -w -t 60 -l "$folder/log" -o "$options" \
        >/dev/null
}

case $1 in
start) start ;;
stop) stop ;;
with)
    shift 2
    start
    trap stop EXIT
    trap 'exit 1' HUP INT TERM
    TEST_DATABASE="host=$folder user=postgres dbname=postgres" "$@"
    ;;
*) exit 2 ;;
esac
