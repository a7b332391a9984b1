#!/bin/bash
# Networks that do worse than the textbook rule on their own trials are marked, and have no
# intervals.
. "${srcdir:-.}/tests/tap.sh"

cat >data.dw <<'END'
simulate reinforce animals=6 trials=500 alpha=2^-4 seed=3
END

run "$DELTAW" --no-rc -f data.dw -c 'fit dnn epochs=3 name=short' -c wait -c models -c show -c map -c 'fit reinforce-base' -c wait -c 'show reinforce-base1'
like "a fit that has hardly begun is on the plateau" "$out" '^short .* on plateau +\.[0-9]+$'
like "show says so" "$out" 'still on the plateau: reinforce-base, *$|still on the plateau'
like "so does the map" "$out" 'short \(on the plateau\)'
textbook=$(printf '%s\n' "$out" | tr -s ' \n' '  ' | sed -E 's/.*fitted to the same trials, has (\.[0-9]+).*/\1/')
like "by the loss of reinforce-base on the same trials" "$out" "^loss +\\$textbook training"

run "$DELTAW" --no-rc --json -f data.dw -c 'fit dnn optimizer=fast name=long' -c wait -c show \
    -c 'fit dnn epochs=3 name=short' -c wait -c show -c 'save short s.npz' -c 'open s.npz name=again' -c 'show again' \
    -c 'fit static' -c wait -c show
like "one that has trained is not" "$(printf '%s\n' "$out" | grep '"model": *"long".*"state"')" '"plateau": ?0'
like "one that has not is" "$(printf '%s\n' "$out" | grep '"model": *"short".*"state"')" '"plateau": ?1'
like "also from its file" "$(printf '%s\n' "$out" | grep '"model": *"again".*"state"')" '"plateau": ?1'
unlike "others have none" "$(printf '%s\n' "$out" | grep '"model": *"static1".*"state"')" '"plateau": ?[01]'

run "$DELTAW" --no-rc --json -f data.dw -c 'fit dnn members=2 epochs=3' -c wait -c show -c 'export updates u.csv'
row=$(printf '%s\n' "$out" | grep '"members": *\[')
like "an ensemble of such members is too" "$row" '"plateau": ?1'
like "and has no coverage" "$row" '"coverage_90": ?null'
is "nor intervals of updates" "$(cut -d, -f6,7 u.csv | sed 1d | sort -u)" ","

finish
