#!/bin/bash
# cv submit=: a real Slurm of one machine on the loopback, made here; parts that are killed.
. "${srcdir:-.}/tests/tap.sh"

cat >data.dw <<'E'
simulate reinforce animals=6 trials=300 alpha=2^-4 seed=5
E
rules='static reinforce "dnn hidden=4 epochs=3"'
run "$DELTAW" --no-rc -f data.dw -c "cv $rules folds=3 seeds=99 submit=script per=2 partition=long time=2:00:00 file='o ut.jsonl'; wait"
is "the script is written" "$status" 0
for line in '^#!/bin/sh$' '^#SBATCH --array=1-5$' '^#SBATCH --cpus-per-task=1$' \
    '^#SBATCH --partition=long$' '^#SBATCH --time=2:00:00$' ' shard=\$i/5 file='; do
    like "it has $line" "$(cat 'o ut.jsonl.parts/array.sh')" "$line"
done
for i in 1 2 3 4 5; do
    sh 'o ut.jsonl.parts/array.sh' $i >/dev/null
done
run "$DELTAW" --no-rc -c "merge 'o ut.jsonl.parts/part-1.jsonl' 'o ut.jsonl.parts/part-2.jsonl' 'o ut.jsonl.parts/part-3.jsonl' 'o ut.jsonl.parts/part-4.jsonl' 'o ut.jsonl.parts/part-5.jsonl' file=parts.jsonl"
like "its parts do their runs, without Slurm too" "$out" 'all 9 fits'
"$DELTAW" --no-rc -q -f data.dw -c "cv $rules folds=3 seeds=99 file=one.jsonl" >/dev/null
is "with the bits of one machine" "$(sort parts.jsonl)" "$(sort one.jsonl)"
for wrong in 'cv static submit=slurm' 'cv static per=2' 'cv static submit=script shard=1/2 file=x.jsonl' \
    'cv static submit=script time=x file=x.jsonl' 'recover submit=slurm' 'recover per=2' \
    'recover submit=script shard=1/2 file=x.jsonl'; do
    run "$DELTAW" --no-rc -f data.dw -c "$wrong"
    is "$wrong is refused" "$status" 2
done

# recover makes its own data
recover='setting=fig2 quick=yes seeds=7,8 rule="reinforce|reinforce-base"'
run "$DELTAW" --no-rc -c "recover $recover submit=script per=2 file=again.jsonl; wait"
like "recover writes one too" "$(cat again.jsonl.parts/array.sh)" '^recover setting=fig2 .*rule=reinforce\|reinforce-base shard=\$i/2 file='
unlike "without data" "$(cat again.jsonl.parts/array.sh)" '^load '
"$DELTAW" --no-rc -q -c "recover $recover file=recovered.jsonl" >/dev/null
for i in 1 2; do
    sh again.jsonl.parts/array.sh $i >/dev/null
done
run "$DELTAW" --no-rc -c 'merge again.jsonl.parts/part-1.jsonl again.jsonl.parts/part-2.jsonl file=again.jsonl'
is "whose parts have the bits of one machine" "$(sort again.jsonl)" "$(sort recovered.jsonl)"

# --- a queue that does not answer

mkdir mute
printf '#!/bin/sh\necho 1\n' >mute/sbatch
printf '#!/bin/sh\nsleep 86399\n' >mute/squeue
printf '#!/bin/sh\n' >mute/scancel
chmod +x mute/*
PATH=$PWD/mute:$PATH timeout -s INT -k 60 3 "$DELTAW" --no-rc -f data.dw \
    -c "cv static folds=2 seeds=1 submit=slurm file=mute.jsonl; wait" >/dev/null 2>errors
is "it is given up at ^C" "$?" 124
tries=100
while ps -A -o args= | grep -q '^sleep 8639[9]' && [ $((tries -= 1)) -gt 0 ]; do sleep .05; done
fails "and nothing that asked it is left" [ $tries -eq 0 ]

PATH=$PWD/mute:$PATH run "$DELTAW" --no-rc -f data.dw -c "cv static folds=2 seeds=1 submit=slurm file=at-once.jsonl; stop cv; wait"
like "so it is at stop, also before it begins" "$out$errors" 'cv stopped: 0 of 2 fits are done, in '

for program in slurmctld slurmd sbatch squeue munge; do
    PATH=$PATH:/usr/sbin command -v $program >/dev/null || {
        skip "no Slurm here (slurmctld slurmd slurm-client munge)"
        finish
        exit
    }
done
[ "$(id -u)" = 0 ] || {
    skip "slurmd needs root"
    finish
    exit
}

PATH=$PATH:/usr/sbin here=$(pwd) host=$(hostname -s)
mkdir state spool
port=$((20000 + $$ % 20000))
cat >slurm.conf <<E
ClusterName=here
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$here/munge.socket,cred_expire=2
StateSaveLocation=$here/state
SlurmdSpoolDir=$here/spool
SlurmctldPidFile=$here/ctld.pid
SlurmdPidFile=$here/slurmd.pid
SlurmctldLogFile=$here/ctld.log
SlurmdLogFile=$here/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=1000 State=UNKNOWN
PartitionName=p Nodes=ALL Default=YES MaxTime=INFINITE State=UP
E
dd if=/dev/urandom of=munge.key bs=1024 count=1 2>/dev/null
chmod 600 munge.key
munged --force --socket="$here/munge.socket" --key-file="$here/munge.key" --pid-file="$here/munge.pid" \
    --log-file="$here/munge.log" --seed-file="$here/munge.seed" >/dev/null 2>&1
end_slurm() {
    for pid in "$here"/slurmd.pid "$here"/ctld.pid "$here"/munge.pid; do
        [ -f "$pid" ] && kill "$(cat "$pid")" 2>/dev/null
    done
}
trap end_slurm EXIT
trap 'exit 1' HUP INT TERM
export SLURM_CONF=$here/slurm.conf
slurmctld >/dev/null 2>&1
slurmd >/dev/null 2>&1
tries=400
until sinfo -h -o %t 2>/dev/null | grep -q '^idle' || [ $((tries -= 1)) = 0 ]; do sleep .05; done
if [ $tries = 0 ]; then
    note "$(tail -n 5 munge.log ctld.log slurmd.log 2>/dev/null)"
    skip "Slurm does not start here"
    finish
    exit
fi

run "$DELTAW" --no-rc -f data.dw -c "cv $rules folds=3 seeds=99 submit=slurm per=3 file=cluster.jsonl"
is "a cluster does it" "$status" 0
like "which is told" "$out" '^cv is submitted: 9 fits in 3 parts of Slurm.s'
like "and waited for, and shown" "$out" '^ +reinforce +-\.[0-9]{4} '
is "the bits are those of one machine" "$(sort cluster.jsonl)" "$(sort one.jsonl)"
is "it was one array" "$(wc -l <cluster.jsonl.parts/arrays)" 1

run "$DELTAW" --no-rc -c "recover $recover submit=slurm per=3 file=recover.jsonl; wait recover; jobs"
is "a cluster recovers" "$status" 0
like "which is told" "$out" '^recover is submitted: 4 fits in 2 parts of Slurm.s'
like "and shown" "$out" '^fig2 +1000 x 500 +reinforce +\.[0-9]{4} '
is "with the bits of one machine" "$(sort recover.jsonl)" "$(sort recovered.jsonl)"
run "$DELTAW" --no-rc -c "recover setting=long quick=yes submit=slurm file=recover.jsonl"
is "another plan is refused" "$status" 3
is "and leaves the file" "$(sort recover.jsonl)" "$(sort recovered.jsonl)"
cp -r recover.jsonl.parts stale.jsonl.parts
run "$DELTAW" --no-rc -c "recover setting=fig2 quick=yes seeds=7,9 rule=\"reinforce|reinforce-base\" submit=slurm per=3 file=stale.jsonl"
like "so are parts of another plan" "$errors" 'recover: .*stale\.jsonl\.parts/part-1\.jsonl: it is of another plan: seeds='

# A task is killed while it works: its part is submitted again, and goes on.
epochs=40000
[ -z "$SANITIZE" ] || epochs=1000
slow="static \"dnn hidden=4 epochs=$epochs\""
"$DELTAW" --no-rc -q -f data.dw -c "cv $slow folds=2 seeds=1 file=alone.jsonl" >/dev/null
# start_slow NAME: until its first part has a result
start_slow() {
    "$DELTAW" --no-rc -f data.dw -c "cv $slow folds=2 seeds=1 submit=slurm per=2 file=$1.jsonl" >"$1.out" 2>&1 &
    tries=$patience
    while [ "$(cat "$1.jsonl.parts/part-1.jsonl" 2>/dev/null | wc -l)" -lt 2 ] && [ $((tries -= 1)) -gt 0 ]; do sleep .05; done
}
start_slow killed
scancel --batch --signal=KILL "$(head -n 1 killed.jsonl.parts/arrays)_1"
wait $!
is "a part whose task was killed is done again" $? 0
is "all of it" "$(wc -l <killed.jsonl)" 5
ok "by another array" test "$(wc -l <killed.jsonl.parts/arrays)" -ge 2
is "and the bits are the same" "$(sort killed.jsonl)" "$(sort alone.jsonl)"

# A node dies with all that runs on it, and comes back.
tasks() {
    for process in /proc/[0-9]*; do
        grep -qz "^SLURM_SUBMIT_DIR=$here\$" "$process/environ" 2>/dev/null && echo "${process#/proc/}"
    done
}
node_dies() {
    kill -KILL "$(cat slurmd.pid)"
    scontrol update "nodename=$host" state=down reason=died
    kill -KILL $(tasks) 2>/dev/null
    slurmd >/dev/null 2>&1
}
start_slow requeued
node_dies
wait $!
is "parts of a node that died are done again" $? 0
is "which Slurm does by itself" "$(wc -l <requeued.jsonl.parts/arrays)" 1
is "with the bits of one machine" "$(sort requeued.jsonl)" "$(sort alone.jsonl)"
SBATCH_NO_REQUEUE=1
export SBATCH_NO_REQUEUE
start_slow failed
node_dies
wait $!
is "or where it is told not to" $? 0
ok "by another array" test "$(wc -l <failed.jsonl.parts/arrays)" -ge 2
is "with the same bits" "$(sort failed.jsonl)" "$(sort alone.jsonl)"
is "nothing is left in the queue" "$(squeue -h -r | wc -l)" 0

finish
