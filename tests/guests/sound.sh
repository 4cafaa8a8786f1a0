# What a guest sounds is in the WAV file, is the same in every run and in both instances, and changes nothing of the guest.
. tests/guests/lib.sh
need_tool nasm python3
nasm -f bin -o "$work/a.img" tests/guests/sound.asm || exit 1
script='wait 900ms
hash
wait 800ms
hash
wait 700ms
hash
wait-text "P" 5s --on e9
wait 100s'
card="sb16: enabled=1"
play() { # NAME DIRECTIVE...: the hash in the middle to $work/NAME.hash, the sound to $work/NAME.wav where a directive says so
    name=$1; shift
    run_guest "$build" "$script" "boot: floppy" "floppya: image=$work/a.img, status=inserted" "clock: time0=0" "$card, midimode=2, midifile=$work/$name.mid" "$@"
    [ $status = 0 ] || exit 1
    grep hash "$work/out" > "$work/$name.hash"
}
loud() { # HZ FROM TO LEAST: in both channels of one.wav
    python3 tests/guests/tone.py "$work/one.wav" "$2" "$3" "$1" | awk -v least="$4" '{ print; bad = $2 < least || $3 < least } END { exit bad }' || { echo "$1 Hz from $2 to $3 s is below $4"; exit 1; }
}
build=$1
play one "sound: driver=file, waveout=$work/one.wav"
play two "sound: driver=file, waveout=$work/two.wav"
play exact "sound: driver=file, waveout=$work/exact.wav" "cpu: exact=1"
play dummy "sound: driver=dummy"
for other in two exact dummy; do cmp "$work/one.hash" "$work/$other.hash" || { cat "$work"/*.hash; exit 1; }; done
for other in two exact; do cmp "$work/one.wav" "$work/$other.wav" || exit 1; done
for other in two exact dummy; do cmp "$work/one.mid" "$work/$other.mid" || exit 1; done
python3 - "$work/one.mid" << 'P' || exit 1
import sys
data = open(sys.argv[1], "rb").read()
assert data[:4] == b"MThd" and data[14:18] == b"MTrk" and int.from_bytes(data[18:22], "big") == len(data) - 22, "no MIDI file of one track"
def number(at):
    value = 0
    while True:
        value = value << 7 | data[at] & 127
        at += 1
        if data[at - 1] < 128: return value, at
start, at = number(29)
assert data[at:at + 3] == b"\x90\x3c\x64", "no middle C"
length, at = number(at + 3)
assert data[at:at + 3] == b"\x80\x3c\x00", "middle C does not end"
print("MIDI: middle C after %d ms, for %d ms" % (start, length))
assert 480 <= length <= 500, "not for nine ticks of the timer"
P
loud 440.13 0.9 1.2 8000
loud 879.98 1.6 2.0 1200
loud 1000 2.4 2.7 18000
# A recorded session replays to the same hash and the same sound.
printf '%s\n' 'joystick 1 10 200 2' 'wait 3s' 'quit 0' > "$work/script"
"$build/orrery" -n --headless --record "$work/journal" -rc "$work/script" 'clock: time0=0' 'boot: floppy' "floppya: image=$work/a.img, status=inserted" 'sb16: enabled=1' 'gameport: enabled=1, sticks=2' \
    "sound: driver=file, waveout=$work/recorded.wav" > "$work/out" 2>&1 || { cat "$work/out"; exit 1; }
"$build/orrery" replay "$work/journal" --headless "sound: driver=file, waveout=$work/replayed.wav" > "$work/out" 2>&1 && grep -q "as recorded" "$work/out" || { cat "$work/out"; exit 1; }
cmp "$work/recorded.wav" "$work/replayed.wav" || exit 1
