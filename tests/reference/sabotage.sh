#!/bin/bash
# tests/reference/sabotage.sh - breaks every operator and window of the rule language once on purpose and sees that the property
# test notices. Builds a variant of its own in build/sabotage. Fails with the names of those whose breaking went unnoticed.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${SABOTAGE_BUILD:-build/sabotage}
mkdir -p "$(dirname "$build")"
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCALLSCOPE_SABOTAGE=ON -DCALLSCOPE_UI=OFF >"$build.log" 2>&1 ||
    { cat "$build.log" && exit 1; }
cmake --build "$build" --target rules_reference_test >"$build.log" 2>&1 || { tail -n 40 "$build.log" && exit 1; }
export REFERENCE_QUICK=1 test=$build/rules_reference_test

# 20,000 cases at most; one that is broken is seen in the first hundreds.
try() { # OPERATOR: prints it when nothing was noticed
    if CALLSCOPE_SABOTAGE=$1 REFERENCE_CASES=20000 "$test" >/dev/null 2>&1; then echo "$1"; fi
}
export -f try

if ! REFERENCE_CASES=2000 "$test" >/dev/null 2>&1; then
    echo 'the engine differs from the reference although nothing is broken; run rules_reference_test'
    exit 1
fi
operators=$("$test" --operators | sort -u)
unnoticed=$(xargs -P "$(nproc)" -I {} bash -c 'try {}' <<<"$operators")
if [ -n "$unnoticed" ]; then
    echo "broken, and no test noticed:$unnoticed"
    exit 1
fi
echo "$(wc -l <<<"$operators") operators and windows broken one by one, each was noticed"
