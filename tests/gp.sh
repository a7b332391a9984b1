#!/bin/sh
# Rules with a posterior at the prompt: the report, its fields, files, what is refused.
. "$srcdir/tests/tap.sh"
deltaw() { "$DELTAW" --no-rc "$@"; }
cohort='simulate reinforce animals=6 trials=500 alpha=2^-4 seed=3'

run deltaw -c "$cohort" -c 'fit gp basis=4' -c wait -c show -c 'save gp1 a.npz' -c map
is "fit gp, show, save, map" "$status" 0
like "show tells of the starts" "$out" 'all 3 starts end at one mode'
like "a row for a term and weight" "$out" '^correct +w_stim '
like "what happens after errors" "$out" 'w_stim: after errors .*a_error'
like "how likely a remainder is" "$out" '^remainder log Bayes factor'
shown=$(printf '%s\n' "$out" | sed -n '/^terms, 90/,/^w_bias: after/p')

like "what speaks for memory" "$out" '^memory +log Bayes factor [-+]'
like "how animals scatter" "$out" '^animals +their scores scatter [.0-9]+ times'
run deltaw -c "$cohort" -c 'open a.npz' -c 'show interval=robust' -c 'map interval=robust' \
    -c 'slice interval=robust'
is "intervals by the sandwich" "$status" 0
robust=$(printf '%s\n' "$out" | sed -n '/^terms, 90/,/^w_bias: after/p')
is "of terms, other than the posterior's" "$([ "$robust" != "$shown" ] && echo differ)" differ
robust='intervals of 90 *%: *sandwich *over *animals'
is "of maps and slices" "$(printf '%s' "$out" | tr '\n' ' ' | grep -oE "$robust" | wc -l)" 2

run deltaw -c "$cohort" -c 'open a.npz' -c show -c 'score'
is "a saved posterior opens" "$status" 0
is "and says the same" "$(printf '%s\n' "$out" | sed -n '/^terms, 90/,/^w_bias: after/p')" "$shown"
like "it scores" "$out" "^[a-z0-9]+ +gp +"

like "intervals of maps" "$out" 'posterior'
like "coverage" "$out" ' % of true updates lie inside their 90 % intervals, [0-9]+ % inside$'
like "of both" "$out" '^ +those by the sandwich over animals'

run deltaw -c "$cohort" -c 'fit gp remainder=none terms=correct,error' -c wait -c 'export updates u.csv' \
    -c 'fit reinforce' -c wait -c 'export updates r.csv'
is "export updates" "$status" 0
is "its columns" "$(sed -n 1p u.csv)" "subject,session,trial,w_stim,dw_w_stim,dw_w_stim_low,\
dw_w_stim_high,true_dw_w_stim,w_bias,dw_w_bias,dw_w_bias_low,dw_w_bias_high,true_dw_w_bias"
is "a row a trial" "$(wc -l <u.csv)" 3001
is "updates lie within their intervals, the last trial of an animal has none" "$(awk -F, 'NR > 1 {
    if ($5 == "") none++; else if ($6 <= $5 && $5 <= $7) inside++ } END {print none, inside}' u.csv)" \
    '6 2994'
run deltaw -c "$cohort" -c 'fit gp remainder=none terms=correct,error' -c wait \
    -c 'export updates s.csv interval=robust'
is "intervals by the sandwich" "$status" 0
is "have the same means and other ends" "$(paste -d, u.csv s.csv | awk -F, 'NR > 1 && $5 != "" {
    same += $5 == $18; other += $6 != $19 && $7 != $20; inside += $19 <= $18 && $18 <= $20 }
    END {print same, (other > 2500), inside}')" '2994 1 2994'
run deltaw -c "$cohort" -c 'fit reinforce' -c wait -c 'export updates s.csv interval=robust'
is "of a rule without a posterior: refused" "$status" 1
like "with the reason" "$errors" 'reinforce1 has no posterior'
is "rules without a posterior leave them empty" "$(awk -F, 'NR > 1 && $5 != "" && $6 == ""' r.csv |
    wc -l)" 2994

run deltaw --json -c "$cohort" -c 'fit gp remainder=none terms=correct,error' -c wait -c show
like "evidence is a field" "$out" '"evidence": ?-[0-9]'
like "terms are rows" "$out" \
    '"term": ?"error", ?"weight": ?"w_bias", ?"value": ?[-0-9.e]+, ?"low": ?[-0-9.e]+, ?"high": ?[-0-9.e]+, ?"log_bayes_factor"'

run deltaw -c "$cohort" -c 'fit gp terms=trace,average,correct basis=2 w0=psychometric' -c wait -c show
is "traces, start weights that are estimated" "$status" 0
like "traces are reported" "$out" '^traces +log Bayes factor'
like "as a kernel over lags" "$out" 'w_stim lag 0: '

run deltaw -c "$cohort" -c 'fit gp basis=4' -c wait -c 'replay gp1 epoch=3' -c slice -c map
is "an earlier step" "$status" 0
flat=$(printf '%s' "$out" | tr -s ' \n' '  ')
like "says that it is a mode, and where intervals are" "$flat" \
    'gp1 at evaluation 3 of [0-9]+ \(the mode of that step; intervals are of the end\)'
unlike "and claims none" "$flat" 'intervals of 90|settled'

refused() { # COMMAND PATTERN
    run deltaw -c "$cohort" -c "$1"
    is "$1: refused" "$status" 2
    like "with the reason" "$errors" "$2"
}
run deltaw -c 'simulate trace animals=2 trials=60' -c 'fit gp terms=trace remainder=none' -c wait
is "a rule of memory alone, without which nothing is fitted" "$status" 0
unlike "its library has nothing to say" "$errors" 'On entry'
refused 'fit gp terms=correct,eror' "no term 'eror'"
refused 'fit gp terms=none remainder=none' 'does not learn'
refused 'fit gp policy=stim+right+left+prevstim+prevchoice+bias' 'policies of 1 to 5 weights'
refused 'fit gp init=a.npz' 'init= does not apply'
refused 'fit reinforce terms=correct' 'terms= does not apply to reinforce'
run deltaw -c "$cohort" -c 'fit gp' -c 'stop gp1' -c wait -c show
is "a fit is stopped" "$status" 0

# Intervals of weights, of P(right) and of what is expected; also of animals held out.
run deltaw -c "$cohort" -c 'fit gp policy=bias basis=2 holdout=sim002' -c wait -c 'export weights w.csv' \
    -c 'weights sim002'
is "export weights of a gp" "$status" 0
is "has intervals" "$(sed -n 1p w.csv)" \
    'subject,session,trial,p_right,w_bias,p_right_low,p_right_high,w_bias_low,w_bias_high,interval'
is "and says where they are from" "$(sed 1d w.csv | cut -d, -f10 | sort -u)" posterior
is "which hold the weights" "$(awk -F, 'NR > 1 && $8 <= $5 && $5 <= $9 && $6 <= $4 && $4 <= $7' \
    w.csv | wc -l)" 3000
is "those of P(right) are p (1 - p) times those of a bias" "$(awk -F, '
    NR > 1 && $9 - $8 > .01 && $9 - $8 < .3 {
        ratio = ($7 - $6) / ($4 * (1 - $4) * ($9 - $8)); n++; if (ratio < .9 || ratio > 1.1) bad++ }
    END {print (n > 500), bad + 0}' w.csv)" '1 0'
like "they are told, of an animal held out too" "$(printf '%s\n' "$out" | tr '\n' ' ')" \
    'sim002 \(held out\).*90 % intervals at the end w_bias [-.0-9]+ to'
run deltaw -c "$cohort" -c 'fit gp basis=2' -c wait -c 'export accuracy a.csv' -c accuracy \
    -c 'export psychometric p.csv'
is "export accuracy, psychometric" "$status" 0
is "the share correct that is expected has an interval" "$(awk -F, 'NR == 1 {
    for (i = 1; i <= NF; i++) if ($i == "expected") c = i }
    NR > 1 { n++; if ($(c + 1) < $c && $c < $(c + 2)) inside++ } END {print (n > 3), n - inside}' \
    a.csv)" '1 0'
like "which is told" "$(printf '%s\n' "$out" | tr '\n' ' ')" 'gp1 expects \.[0-9]+ there \(90 % interval'
is "and P(right) by stimulus" "$(awk -F, 'NR > 1 && $8 != "" { n++
    if ($9 <= $8 && $8 <= $10 && $9 < $10) inside++ } END {print (n > 8), n - inside}' p.csv)" '1 0'
run deltaw -c "$cohort" -c 'fit reinforce' -c wait -c 'export weights w.csv'
is "a rule without a posterior has none" "$(sed -n 1p w.csv)" \
    'subject,session,trial,p_right,w_stim,w_bias'
finish
