# The same configuration and journal give the same state, every 10 million ticks, in every run: fast and exact, headless and in a window, in one piece and in many, with a past and without.
# equal.sh BUILD [RUNS [FOLDER]]: in a folder the journal and its hashes stay, and those that are there already are what this build is compared with (tests/guests/long/hashes.sh).
. tests/guests/lib.sh
bin=$(realpath "$1")/orrery runs=${2:-20}
ASAN_OPTIONS=detect_leaks=0; export ASAN_OPTIONS            # SDL and its drivers keep memory to the end
kept=$(realpath -m "${3:-$work/kept}"); mkdir -p "$kept"
cd "$work" || exit 1
if [ ! -e "$kept/journal" ]; then
    { printf '%s\n' 'wait-text "O  R  R  E  R  Y" 20s'
      for page in 1 2 3 4 5 6 7 8 9; do printf '%s\n' "key $page" 'wait 150ms' 'mouse 9 4 0 left' 'wait 51ms' 'mouse -3 8 1' 'joystick 0 7 200 1' 'key 3' 'wait 98ms' 'key esc' 'wait 53ms'; done
      printf '%s\n' 'set ecx = 77' 'setpmem 0x7000 4 0x12345678' 'type "the quick brown fox\n"' 'c 21234567' 'quit 0'; } > script
    "$bin" -n --headless --record "$kept/journal" -rc script 'cpu: model=corei7_haswell, count=2' 'usb_uhci: enabled=1, port1=keyboard, port2=mouse' 'sb16: enabled=1' 'gameport: enabled=1, sticks=1' \
        'e1000: enabled=1, ethmod=vnet' 'clock: sync=none' > out 2>&1 || { cat out; exit 1; }
fi
end=$(sed -n 's/ end .*//p' "$kept/journal"); [ "${end:-0}" -gt 200000000 ] || { echo "the journal has no end"; exit 1; }
every() { for i in $(seq $((end / 10000000))); do echo "c ${1:-10000000}"; [ -z "$1" ] || echo "c $((10000000 - $1))"; echo hash; done; echo 'c'; } # [FIRST-PIECE]
every > script.plain
every 3333333 > script.pieces
{ echo time-travel on; every; } > script.past
sed 's/^start$/config clock: sync=none\n&/' "$kept/journal" > plain
sed 's/^start$/config cpu: exact=1\nconfig clock: sync=none\n&/' "$kept/journal" > exact
ways='plain.plain.headless exact.plain.headless plain.pieces.headless plain.past.headless'
if command -v Xvfb > /dev/null; then
    Xvfb -noreset -displayfd 3 -screen 0 1024x800x24 3> number 2> /dev/null & server=$!
    trap 'kill $server 2> /dev/null; rm -rf "$work"' EXIT
    for i in 1 2 3 4 5 6 7 8 9 10; do [ -s number ] && break; sleep 0.5; done
    [ -s number ] && DISPLAY=:$(cat number) SDL_VIDEODRIVER=x11 SDL_AUDIODRIVER=dummy ways="$ways plain.plain.window"
    export DISPLAY SDL_VIDEODRIVER SDL_AUDIODRIVER
else echo 'Xvfb is not installed: no run in a window'
fi
run=0
while [ $run -lt "$runs" ]; do
    for way in $ways; do
        [ $run -lt "$runs" ] || break
        run=$((run + 1))
        how=${way%.*}
        timeout 300 "$bin" replay "${how%.*}" --display "${way##*.}" -rc "script.${how#*.}" > out 2>&1 && grep -q 'as recorded' out || { echo "run $run, $way:"; cat out; exit 1; }
        grep '^tick.*hash' out > hashes
        [ -e "$kept/hashes" ] || cp hashes "$kept/hashes"
        cmp hashes "$kept/hashes" || { echo "run $run, $way: another run than before"; diff hashes "$kept/hashes" | head -4; exit 1; }
    done
done
[ "$(sort -u -k2 "$kept/hashes" | wc -l)" -ge 20 ] || { echo "too few moments were compared"; exit 1; }
exit 0
