# SIGTERM and SIGHUP end every kind of run in order: with status 0.
. tests/guests/lib.sh
ASAN_OPTIONS=detect_leaks=0; export ASAN_OPTIONS            # SDL and its drivers keep memory to the end
program=$1/orrery
# whoever runs the tests may have SIGHUP ignored, and a shell cannot undo that
run() { exec env --default-signal=HUP,TERM "$program" -n "$@"; }
fails() { echo "$*"; tail -n 5 "$work/out"; exit 1; }
ends() { # HOW SIGNAL: the program $run began has a second, then the signal comes
    sleep 1
    kill -0 $run 2> /dev/null || fails "$1: it ended by itself"
    kill -$2 $run
    for i in $(seq 100); do kill -0 $run 2> /dev/null || break; sleep 0.1; done
    kill -0 $run 2> /dev/null && { kill -KILL $run; fails "$1: SIG$2 does not end it"; }
    wait $run; status=$?
    [ $status = 0 ] || fails "$1: status $status after SIG$2"
}
for signal in TERM HUP; do
    for level in off standard strict; do
        run --headless "sandbox: $level" 'clock: sync=none' > "$work/out" 2>&1 & run=$!
        ends "headless, sandbox: $level" $signal
    done
    # at the prompt, with a pipe that stays open: while the machine runs, and while it waits for a line
    for line in c hash; do
        mkfifo "$work/keys"
        run --headless --prompt 'clock: sync=none' < "$work/keys" > "$work/out" 2>&1 & run=$!
        exec 3> "$work/keys"
        echo $line >&3
        ends "prompt, after $line" $signal
        exec 3>&-
        rm "$work/keys"
    done
    if command -v script > /dev/null; then
        TERM=linux script -qfec "echo \$\$ > '$work/pid'; exec '$program' -n --display terminal 'clock: sync=none'" /dev/null > "$work/out" 2>&1 < /dev/null & terminal=$!
        for i in $(seq 50); do [ -s "$work/pid" ] && break; sleep 0.1; done
        sleep 1; kill -$signal "$(cat "$work/pid")"
        wait $terminal; status=$?
        [ $status = 0 ] || fails "terminal: status $status after SIG$signal"
        rm "$work/pid"
    fi
done
command -v Xvfb > /dev/null || { echo "Xvfb is not installed: windows are not looked at"; exit 0; }
Xvfb -noreset -displayfd 3 -screen 0 1024x800x24 3> "$work/number" 2> /dev/null & server=$!
trap 'kill $server 2> /dev/null; rm -rf "$work"' EXIT
for i in $(seq 50); do [ -s "$work/number" ] && break; sleep 0.1; done
[ -s "$work/number" ] || { echo "Xvfb does not start: windows are not looked at"; exit 0; }
DISPLAY=:$(cat "$work/number"); export DISPLAY SDL_VIDEODRIVER=x11
for signal in TERM HUP; do
    run --display window 'clock: sync=none' > "$work/out" 2>&1 & run=$!
    ends window $signal
done
# nohup: a terminal that goes is nobody's affair
for display in headless window; do
    nohup "$program" -n --display $display 'clock: sync=none' > "$work/out" 2>&1 & run=$!
    sleep 1; kill -HUP $run; sleep 1
    kill -0 $run 2> /dev/null || fails "nohup, $display: SIGHUP ended it"
    kill -TERM $run; wait $run; status=$?
    [ $status = 0 ] || fails "nohup, $display: status $status after SIGTERM"
done
exit 0
