#!/usr/bin/env bash
# Holds one test server and its directory, and ends both when the test process goes, however it goes.
#
#   guard.sh DIRECTORY USER COMMAND...      USER '' = whoever runs the tests
#
# stdin:  start         run COMMAND (again), answer its pid
#         signal NAME   send a signal, answer 'sent'
#         end NAME      send a signal, wait until the server and its children are gone, answer 'gone'
#         alive         answer 'yes' or 'no'
# At the end of stdin the server is killed and DIRECTORY is removed.
set -u
directory=$1 user=$2
shift 2
log=$directory/log

# The kernel kills the server should this script itself be killed.
as_user=(setpriv --pdeathsig KILL)
mkdir -p "$directory"
if [ "$(id -u)" = 0 ] && [ -n "$user" ]; then
    as_user+=("--reuid=$user" "--regid=$user" --clear-groups)
    chown "$user" "$directory"
fi
cd "$directory" || exit 1

pid=

descendants() {
    local task child children
    for task in "/proc/$1/task/"*; do
        { read -ra children <"$task/children"; } 2>/dev/null
        for child in "${children[@]}"; do
            echo "$child"
            descendants "$child"
        done
    done
}

end() {
    [ -n "$pid" ] || return 0
    local family
    family=$(descendants "$pid")
    kill "-$1" "$pid" 2>/dev/null
    # A crash of the machine takes the children with it; an orderly end lets them finish.
    # shellcheck disable=SC2086
    [ "$1" != KILL ] || kill -KILL $family 2>/dev/null
    wait "$pid" 2>/dev/null
    local process
    for process in $family; do
        while kill -0 "$process" 2>/dev/null; do sleep 0.02; done
    done
    pid=
}

while read -r word argument; do
    case $word in
        start)
            "${as_user[@]}" "$@" </dev/null >>"$log" 2>&1 &
            pid=$!
            echo "$pid"
            ;;
        signal)
            kill "-$argument" "$pid"
            echo sent
            ;;
        end)
            end "$argument"
            echo gone
            ;;
        alive)
            if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then echo yes; else echo no; fi
            ;;
    esac
done
end KILL
cd / && rm -rf "$directory"
