# shellcheck shell=bash disable=SC2154,SC2086,SC2034,SC2013
# bench/scale.sh - part of bench/run: a million conversations on SQLite and on PostgreSQL, and the queue's workers.
# N=n conversations (1000000)  IDLE=seconds of rest (60)  EACH=n questions of a kind (300)
# A store that is kept between runs: KEEP=folder (the same folder, N and rules).

N=${N:-1000000} IDLE=${IDLE:-60} KEEP=${KEEP:-}

# Everything that the pages ask for; figures are overviews with their own target.
scale_questions() { # PREFIX DATA
    local kind target started
    start_server "$2"
    figure "$1.memory.started" "$(memory_mb VmRSS)" "MB" "<= 80"
    ASKED=${EACH:-300} node bench/scale.mjs "$url" "$SEED" >$work/measured 2>$work/said || give_up "$1 was not measured: $(tail -n 2 $work/said)"
    echo "# $1: $(value conversations) conversations; times of the $(value timing)'s side; p50, p95, p99 in ms, warm; cold: the first of its kind after the start"
    for kind in $(awk '/\.asked/ { sub(/\.asked$/, "", $1); print $1 }' $work/measured); do
        target="<= 50"
        case $kind in overview* | trend | table | heat | summary) target="<= 200" ;; eight.*) target= ;; esac
        started=
        if [ -n "$(value "$kind.cold")" ]; then started=", cold $(value "$kind.cold")"; fi
        if [ -n "$(value "$kind.full")" ]; then started="$started, $(value "$kind.full") % of the pages full"; fi
        figure "$1.$kind" "$(value "$kind.p99")" "ms p99; p50 $(value "$kind.p50"), p95 $(value "$kind.p95")$started" "$target"
    done
    sleep 5
    figure "$1.memory.rest" "$(memory_mb VmRSS)" "MB after the load" "<= 80"
    scale_rest "$1"
    stop_server
}

# What a server that nobody asks writes and computes.
scale_rest() { # PREFIX
    local before after ticks
    before=$(awk '$1 == "write_bytes:" { print $2 }' "/proc/$server/io")
    ticks=$(awk '{ print $14 + $15 }' "/proc/$server/stat")
    sleep "$IDLE"
    after=$(awk '$1 == "write_bytes:" { print $2 }' "/proc/$server/io")
    figure "$1.idle.written" "$(calc 0 "$after" "$before" x-y)" "bytes in $IDLE s" "<= 65536"
    figure "$1.idle.processor" "$(calc 0 "$(awk '{ print $14 + $15 }' "/proc/$server/stat")" "$ticks" '(x-y)*10')" "ms in $IDLE s"
}

# Chats of twelve turns, and recorded calls of five minutes, wait for one worker process of one thread, then for two.
scale_workers() { # PREFIX, address of a database or nothing
    generate 19000
    scale_workers_on "$1.workers.chats" "$work/chats-19000.jsonl" chats "$2"
    scale_workers_on "$1.workers.calls" calls calls "$2"
}

scale_workers_on() { # PREFIX, what waits, its name, address of a database or nothing
    local count one='' two=''
    for count in 1 2; do
        rm -rf "$work/queue"
        if [ -n "$4" ]; then psql "$4" -qc "CREATE DATABASE queue_$3_$count" || return; fi
        env ${4:+CALLSCOPE_DATABASE="${4%/*}/queue_$3_$count"} node bench/workers.mjs "$CALLSCOPE" "$2" "$work/queue" "$RULES" "$count" \
            >$work/measured 2>$work/said || { echo "# $1: not measured: $(grep -m 1 Error $work/said)"; return; }
        if [ $count = 1 ]; then one=$(value rate); else two=$(value rate); fi
    done
    figure "$1.one" "$one" "conversations/s"
    figure "$1.two" "$(calc 2 "$two" "$one" x/y)" "times that, two processes" ">= 1.8"
}

measure_scale() {
    local data=${KEEP:-$work/data-$N} bytes address
    if [ ! -e "$data/callscope.db" ]; then
        generate "$N"
        head -n 30000 "$work/chats-$N.jsonl" >$work/sample.jsonl
        "$tools/bench_rules" density $work/sample.jsonl "$RULES" >$work/density || give_up "the density was not measured"
        echo "# $(awk '{ v[$1] = $2 } END { printf "%d rules, %d phrases; %.1f %% of the turns hold at least one; %.2f findings a chat",
            v["rules"], v["phrases"], 100 * v["density"], v["findings"] }' $work/density)"
        "$tools/watch" $work/watched "$CALLSCOPE" inspect "$work/chats-$N.jsonl" --data "$data" --rules "$RULES" --json \
            >$work/counts.json 2>$work/said || give_up "inspect failed: $(tail -n 3 $work/said)"
        read -r seconds peak_kb processor <$work/watched
        figure scale.inspect "$(calc 0 "$N" "$seconds" x/y)" "conversations/s" ">= 3000"
        figure scale.inspect.processor "$(calc 0 "$processor" "$N" 'x*1e6/y')" "µs a conversation"
        figure scale.inspect.memory "$(calc 0 "$peak_kb" 1024 x/y)" "MB"
        bytes=$(du -sb --apparent-size "$data" | cut -f1)
        figure scale.stored "$(calc 0 "$bytes" "$N" x/y)" "bytes a chat"
        rm -f "$work/chats-$N.jsonl"
    else
        echo "# the store of an earlier run: $data"
    fi
    scale_questions scale.sqlite "$data"
    scale_workers scale.sqlite ""
    measure_scale_postgres "$data"
}

measure_scale_postgres() { # DATA of the SQLite store
    postgres=$PWD/$work/postgres
    if ! address=$(tests/postgres/server start "$postgres" 2>$work/said); then
        postgres=
        echo "# PostgreSQL was not measured: $(tail -n 1 $work/said)"
        return
    fi
    # The tests' server forgoes the disk; this one doesn't.
    printf 'fsync = on\nshared_buffers = 1GB\nmaintenance_work_mem = 256MB\n' >>"$postgres/data/postgresql.conf"
    tests/postgres/server restart "$postgres" >/dev/null || give_up "PostgreSQL did not start again"
    cp --reflink=auto -r "$1" "$work/moved" || give_up "no room for a second store"
    "$tools/watch" $work/watched "$CALLSCOPE" store move --to "$address" --data "$work/moved" >$work/said 2>&1 ||
        give_up "the store was not moved: $(tail -n 3 $work/said)"
    read -r seconds peak_kb processor <$work/watched
    figure scale.postgres.move "$(calc 0 "$N" "$seconds" x/y)" "conversations/s, copied and compared"
    figure scale.postgres.move.memory "$(calc 0 "$peak_kb" 1024 x/y)" "MB"
    psql "$address" -qc 'VACUUM ANALYZE' || true # what autovacuum does by itself some minutes later
    scale_questions scale.postgres "$work/moved"
    rm -rf "$work/moved"
    scale_workers scale.postgres "$address"
}
