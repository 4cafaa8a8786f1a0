# The sandbox: what was named is opened, nothing else is; the guest sees no difference; and the processes end together.
. tests/guests/lib.sh
"$1/orrery" --help sandbox > /dev/null || exit 1
fails() { echo "$*"; [ -e "$work/out" ] && tail -n 5 "$work/out"; exit 1; }
run() { # DIRECTIVE SCRIPT OPTION...: sets status, leaves what was printed in out
    sandbox=$1; printf '%s\n' "$2" > "$work/script"; shift 2
    timeout 60 "$build/orrery" --headless -n -q -rc "$work/script" "$sandbox" 'clock: sync=none' "$@" > "$work/out" 2>&1; status=$?
}
build=$1
run 'sandbox: standard' 'info sandbox'
grep -q 'sandbox: standard' "$work/out" || { cat "$work/out"; exit 77; }       # instrumented programs have none

# the same machine at the same tick
for level in off standard strict; do
    run "sandbox: $level" 'c 3s
hash'
    [ $status = 0 ] || fails "$level: status $status"
    cp "$work/out" "$work/hash.$level"
done
cmp "$work/hash.off" "$work/hash.standard" && cmp "$work/hash.off" "$work/hash.strict" || fails "the guest runs otherwise"

# files: those of the script, and no other
run 'sandbox: standard' "c 1s
screenshot $work/shot.png
save $work/a.snap
save $work/b.snap"
[ $status = 0 ] && [ -s "$work/shot.png" ] && [ -s "$work/a.snap" ] && [ -s "$work/b.snap" ] || fails "files that the script names are not written"
echo 'c 1s' > "$work/inner"
run 'sandbox: strict' "source $work/inner
screenshot $work/strict.png"
[ $status = 0 ] && [ -s "$work/strict.png" ] || fails "strict: files that the script names are not written"

# scripts that scripts run are the person's too
echo "screenshot $work/inner.png" > "$work/inner"
run 'sandbox: strict' "source $work/inner"
[ $status = 0 ] && [ -s "$work/inner.png" ] || fails "a script's script: its file is not written"

# whoever comes by gdb is not the person: what they name is not opened
asks() { # LEVEL FILE OPTION...
    level=$1 file=$2; shift 2
    rm -f "$work/gdb.socket" "$file"
    timeout 60 "$build/orrery" --headless -n "sandbox: $level" "gdbstub: enabled=1, wait=1, socket=$work/gdb.socket" "$@" > "$work/out" 2>&1 &
    machine=$!
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -S "$work/gdb.socket" ] && break; sleep 0.2; done
    timeout 30 gdb -nx -batch -ex "target remote $work/gdb.socket" -ex "monitor screenshot $file" -ex 'kill' > "$work/gdb.out" 2>&1
    wait $machine; status=$?
}
if command -v gdb > /dev/null; then
    asks standard "$work/by-gdb.png"
    [ ! -e "$work/by-gdb.png" ] && grep -q 'which nobody named: refused' "$work/out" || fails "gdb had a file written"
    asks strict "$work/by-gdb.png"
    [ $status != 0 ] && [ ! -e "$work/by-gdb.png" ] && grep -q 'it was killed' "$work/out" || fails "strict: gdb had a file written"
    asks standard "$work/by-gdb.png" "sandbox: allow=$work/by-gdb.png"
    [ -s "$work/by-gdb.png" ] || fails "allow= does not allow"
fi

# a snapshot's configuration names media; other files of it are not written
run 'sandbox: standard' "c 1s
save $work/com.snap" "com1: enabled=1, mode=file, dev=$work/com.txt"
[ $status = 0 ] || fails "no snapshot"
echo precious > "$work/com.txt"
run 'sandbox: standard' 'c 1s' -r "$work/com.snap"
[ $status = 0 ] && [ "$(cat "$work/com.txt")" = precious ] || fails "a snapshot's configuration had a file written"
run 'sandbox: standard' 'c 1s' -r "$work/com.snap" "com1: enabled=1, mode=file, dev=$work/com.txt"
[ $status = 0 ] && [ "$(cat "$work/com.txt")" != precious ] || fails "it was named and not written"

# machines that share a process, and tools for images
printf 'info sandbox\nscreenshot %s/lan.png\n' "$work" > "$work/script"
timeout 60 "$build/orrery" lan -n --headless -rc "$work/script" -- -n --headless -rc "$work/script" > "$work/out" 2>&1 && grep -q '^1: sandbox: standard' "$work/out" && [ -s "$work/lan.png" ] || fails "orrery lan"
timeout 60 "$build/orrery" image create "$work/image.img" 4M > "$work/out" 2>&1 && timeout 60 "$build/orrery" image create --base="$work/image.img" "$work/image.ovl" >> "$work/out" 2>&1 &&
    timeout 60 "$build/orrery" image info "$work/image.ovl" >> "$work/out" 2>&1 || fails "orrery image"

# lines that are typed
printf 'c 1s\nscreenshot %s/typed.png\nquit\n' "$work" | timeout 60 "$build/orrery" --headless -n -rc - 'clock: sync=none' > "$work/out" 2>&1 && [ -s "$work/typed.png" ] || fails "standard input: not written"

# a script that is a pipe is read once: it is run, and names files as if it were typed
mkfifo "$work/pipe"
for level in off standard strict; do
    rm -f "$work/piped.png"
    printf 'c 1s\nscreenshot %s/piped.png\nquit 7\n' "$work" > "$work/pipe" &
    timeout 60 "$build/orrery" --headless -n -rc "$work/pipe" "sandbox: $level" 'clock: sync=none' > "$work/out" 2>&1; status=$?
    [ $status = 7 ] && [ -s "$work/piped.png" ] || fails "$level: a script that is a pipe: status $status"
done
echo 'c 1s' > "$work/pipe" &
timeout 60 "$build/orrery" perturb -n 2 -rc "$work/pipe" > "$work/out" 2>&1; status=$?
[ $status = 2 ] && grep -q 'it is a pipe, and each clone' "$work/out" || fails "perturb: a script that is a pipe: status $status"

# the processes end together, and in order where they are asked to
timeout 60 "$build/orrery" --headless -n > "$work/out" 2>&1 &
front=$!
sleep 1
inner=$(pgrep -f "^$build/orrery --headless -n\$" | sort -n | tail -n 1)
kill -TERM "$(pgrep -f "^$build/orrery --headless -n\$" | sort -n | head -n 1)"
wait $front || fails "SIGTERM: status $?"
grep -q 'ended by SIGTERM' "$work/out" || fails "SIGTERM: not in order"
"$build/orrery" --headless -n > "$work/out" 2>&1 &
front=$!
sleep 1
inner=$(pgrep -P $front | head -n 1)
[ -n "$inner" ] || fails "there is no second process"
kill -9 $front
sleep 0.3
[ ! -e "/proc/$inner" ] || grep -q '^State:.[ZX]' "/proc/$inner/status" || fails "the machine's process outlived the front"
exit 0
