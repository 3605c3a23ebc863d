# bench/speech.sh - how fast and how well recordings are recognised. Read by bench/run, whose words it uses.
# Needs the model and the recordings of ../shared/data (SPEECH_DATA); without them it says so and measures nothing.
# shellcheck shell=bash disable=SC2154

speech_model=zh-zipformer-phonetic-3.3m
speech_data=${SPEECH_DATA:-../shared/data}

speech_rate() { # NAME CONDITION... : the clips' errors
    local name=$1 key target
    shift
    "$CALLSCOPE" evaluate speech "$speech_data/audio/zh/references.tsv" --model $speech_model "$@" --json >$work/evaluated 2>$work/said ||
        give_up "the clips were not evaluated: $(tail -n 2 $work/said)"
    for key in syllables sounds characters; do
        target=
        if [ $key-$name = syllables-16k ]; then target='<= 8'; elif [ $key-$name = syllables-8k ]; then target='<= 15'; fi
        if [ $key-$name = characters-16k ]; then target='<= 20'; fi
        read -r percent low high count < <(node -e 'const r = JSON.parse(require("fs").readFileSync(process.argv[1]))[process.argv[2]]
            console.log(r.error_percent, r.low_percent, r.high_percent, r.reference)' $work/evaluated $key)
        figure speech.$key.$name "$(calc 2 "$percent" 1 x)" "% of $count ($(calc 1 "$low" 1 x)-$(calc 1 "$high" 1 x))" "$target"
    done
}

speech_shifted() { # NAME CONDITION... : the same in the middle of eight beginnings, 40 ms apart: a chunk of the model is 320 ms
    local name=$1 key ms sums
    shift
    : >$work/shifted.txt
    for ms in 0 40 80 120 160 200 240 280; do
        node bench/shifted.mjs "$speech_data/audio/zh" $work/shifted $ms || give_up "the clips were not shifted"
        "$CALLSCOPE" evaluate speech $work/shifted/references.tsv --model $speech_model "$@" --json >$work/evaluated 2>$work/said ||
            give_up "the clips were not evaluated: $(tail -n 2 $work/said)"
        node -p 'const r = JSON.parse(require("fs").readFileSync(process.argv[1])); [r.syllables, r.sounds, r.characters].map((one) => one.error_percent).join(" ")' \
            $work/evaluated >>$work/shifted.txt
    done
    for key in syllables:1 sounds:2 characters:3; do
        sums=$(awk -v k=${key#*:} '{ sum += $k; if (NR == 1 || $k < low) low = $k; if ($k > high) high = $k } END { printf "%.2f %.1f-%.1f", sum / NR, low, high }' $work/shifted.txt)
        figure speech.${key%:*}.$name.shifted "${sums% *}" "% in the middle of 8 beginnings (${sums#* })"
    done
}

measure_speech() {
    local bare whole voices sound round
    if [ ! -d "$speech_data/models/$speech_model" ] || [ ! -d "$speech_data/audio/syllables" ]; then
        echo "# speech was not measured: $speech_data has no $speech_model, or no recordings"
        return
    fi
    export CALLSCOPE_MODELS=$speech_data/models
    speech_rate 16k
    speech_rate 8k --rate 8000 --codec mulaw
    speech_shifted 16k
    speech_shifted 8k --rate 8000 --codec mulaw

    mkdir -p $work/calls-spoken
    echo "# $(node tools/test-call/make.mjs "$speech_data/audio/syllables/mp3" $work/spoken), seed 7"
    cp $work/spoken/call.wav $work/calls-spoken/
    # At once, a core each, and each on the other's next: a machine that others share is now quick and now slow.
    local bare_seconds=0 whole_seconds=0 rounds=4
    for ((round = 0; round < rounds; round++)); do
        CALLSCOPE=$CALLSCOPE taskset -c $((round % $(nproc))) "$tools/bench_recognise" $speech_model $work/spoken/call.wav \
            >$work/measured 2>$work/said.bare &
        # Twice: that is about as much to hear as both channels with their silence.
        for _ in 1 2; do
            rm -rf $work/data-spoken
            taskset -c $(((round + 1) % $(nproc))) "$tools/watch" $work/watched "$CALLSCOPE" inspect $work/calls-spoken --data $work/data-spoken \
                --rules "$RULES" --speech $speech_model --json >$work/counts.json 2>$work/said || give_up "inspect failed: $(tail -n 3 $work/said)"
            read -r seconds peak_kb processor <$work/watched
            whole_seconds=$(calc 3 "$whole_seconds" "$processor" x+y)
        done
        wait $! || give_up "the recogniser was not measured: $(tail -n 1 $work/said.bare)"
        bare_seconds=$(calc 3 "$bare_seconds" "$(value processor)" x+y)
    done
    processor=$(calc 3 "$whole_seconds" $((2 * rounds)) x/y)
    echo "# model $speech_model, sha256 $(value sha256), sherpa-onnx $(value version), a thread; $rounds runs of both at once"
    sound=$(value sound)
    bare=$(calc 4 "$(calc 4 "$sound" $rounds x*y)" "$bare_seconds" x/y)
    figure speech.bare "$(calc 1 "$bare" 1 x)" "audio-hours a core-hour" ">= 25"
    figure speech.memory "$(value memory)" "MB, its process"
    voices=$(calc 1 "$(count_of speech_ms)" 1000 x/y)
    whole=$(calc 4 "$voices" "$processor" x/y)
    figure speech.whole "$(calc 1 "$whole" 1 x)" "audio-hours a core-hour, of the voices alone" ">= 25"
    figure speech.ratio "$(calc 3 "$whole" "$bare" x/y)" "of the bare recogniser" ">= 0.85"
    figure speech.calls "$(calc 1 "$sound" "$processor" x/2/y)" "hours of calls a core-hour"
    figure speech.calls.ratio "$(calc 3 "$sound" "$(calc 4 "$processor" "$bare" x*y)" x/y)" "of the bare recogniser, which hears the silence too"
    figure speech.inspect.memory "$(calc 0 "$peak_kb" 1024 x/y)" "MB, the largest process"
    for what in 16000 8000; do
        [ $what = 16000 ] || node tools/test-call/make.mjs "$speech_data/audio/syllables/mp3" $work/spoken $what >/dev/null
        "$CALLSCOPE" evaluate speech $work/spoken/references.tsv --model $speech_model --json >$work/evaluated 2>$work/said || give_up "the call was not evaluated"
        figure speech.call.$what "$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).syllables.error_percent.toFixed(2)' $work/evaluated)" "% of syllables, joined ones"
    done
}

measure_live() {
    if [ ! -d "$speech_data/models/$speech_model" ]; then
        echo "# live calls were not measured: $speech_data has no $speech_model"
        return
    fi
    CALLSCOPE_MODELS=$speech_data/models node bench/live.mjs "$CALLSCOPE" "$speech_data/audio/zh" $work/live >$work/measured 2>$work/said ||
        give_up "live calls were not measured: $(tail -n 1 $work/said)"
    echo "# $(value phrases) phrases of 20 calls, two recognisers; $(value cut) cuts at a breath; load of the machine $(value load)"
    figure live.phrase.p50 "$(value p50)" "ms, end of a phrase to its text"
    figure live.phrase.p95 "$(value p95)" "ms" "<= 700"
    figure live.phrase.most "$(value most)" "ms"
    figure live.phrase.first "$(value first)" "ms, p95 of the first ten seconds: all calls begin at once"
    figure live.work "$(value work)" "ms, p95 from the end of the pause to the text"
    figure live.recognised "$(value recognised)" "% of both sides' time"
    figure live.lost "$(value lost)" "s lost" "<= 0"
    figure live.cores "$(value cores)" "cores, all together"
}
