# Snake, a DOS game: keys steer it, and its beeps on the PC speaker, a high one and half a second of 220 Hz when it has run into the wall, are in the WAV file.
. tests/guests/lib.sh
need_tool python3
need "$data/floppies/freedos722.img"
cp "$data/floppies/freedos722.img" "$work/a.img"; chmod u+w "$work/a.img"
run_guest "$1" "wait-text \"A:\\\\>\" 60s
type \"games\\\\snake\\n\"
wait 4s
screenshot $work/one.png
key left
wait 1s
screenshot $work/two.png
key up
wait 12s
quit 0" "floppya: image=$work/a.img" "sound: driver=file, waveout=$work/game.wav"
[ $status = 0 ] || exit 1
[ "${SHOTS:-}" ] && cp "$work"/*.png "$work/game.wav" "$SHOTS"
cmp -s "$work/one.png" "$work/two.png" && { echo "the snake does not move"; exit 1; }
python3 - "$work/game.wav" << 'P'
import array, sys, wave
file = wave.open(sys.argv[1])
rate, left = file.getframerate(), array.array("h", file.readframes(file.getnframes()))[::2]
rises = [n / rate for n in range(1, len(left)) if left[n - 1] <= 2000 < left[n]]
tones, begin = [], 0
for n in range(1, len(rises) + 1):
    if n == len(rises) or rises[n] - rises[n - 1] > 0.05:
        seconds = rises[n - 1] - rises[begin]
        if n - begin > 5: tones.append((seconds, (n - 1 - begin) / seconds))
        begin = n
print(tones)
assert any(0.3 < seconds < 0.8 and 215 < hz < 225 for seconds, hz in tones), "no half second of 220 Hz"
P
