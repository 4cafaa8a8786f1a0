# Linux's drivers of the Sound Blaster 16, the AudioPCI and the speaker: what they play is in the WAV file at its frequencies and for its time, the same in every run; ns558 finds the game port and its stick.
# While a network card fetches a file it is the same, in every run.
. tests/guests/lib.sh
need_tool apt-get dpkg-deb cpio strings gcc python3
limit=900
sh tests/guests/long/sound-initrd.sh "$work/kernel" > "$work/made" 2>&1 || { echo "no kernel of i386 (dpkg --add-architecture i386, apt-get update): skipped"; exit 77; }
plays() { # NAME DIRECTIVE...: the hash and the sound to $work/NAME.hash and $work/NAME.wav
    name=$1; shift
    # ns558 counts reads, which are much faster here than on a bus: it sees the short pulses of a stick that is in its corner
    run_guest "$build" 'joystick 0 0 0
wait-text "WORK-OK" 900s --on com1
hash
c' "memory: guest=128" "clock: time0=0" "com1: enabled=1, mode=file, dev=$work/com1.txt" "kernel: file=$work/kernel/vmlinuz" "initrd: file=$work/kernel/initrd.gz" 'cmdline: console=ttyS0 nokaslr' \
        'gameport: enabled=1, sticks=1' "sound: driver=file, waveout=$work/$name.wav" "$@"
    [ $status = 0 ] || { tail -n 20 "$work/com1.txt"; exit 1; }
    for sign in STEREO-OK MONO-OK 'Analog 2-axis'; do grep -aq "$sign" "$work/com1.txt" || { echo "no $sign"; tail -n 40 "$work/com1.txt"; exit 1; }; done
    grep -a tick "$work/out" | tail -n 1 | tee "$work/$name.hash"
    PYTHONPATH=tests/guests PYTHONDONTWRITEBYTECODE=1 python3 - "$work/$name.wav" << 'P' || exit 1
import array, sys, wave
from tone import strength
file = wave.open(sys.argv[1]); samples = array.array("h", file.readframes(file.getnframes()))
tenths = lambda channel, hz, least: sum(strength(samples[2 * at + channel:2 * at + 9600:2], hz, 48000) > least for at in range(0, len(samples) // 2, 4800))
for what, got, least, most in (("440 Hz left", tenths(0, 440, 1500), 9, 11), ("440 Hz right", tenths(1, 440, 1500), 0, 0), ("660 Hz right", tenths(1, 660, 1500), 9, 11), ("660 Hz left", tenths(0, 660, 1500), 0, 0),
                               ("1000 Hz", min(tenths(0, 1000, 1800), tenths(1, 1000, 1800)), 9, 11), ("750 Hz of the speaker", tenths(0, 750, 4000), 1, 4)):
    print("%s: %d tenths of a second" % (what, got))
    if not least <= got <= most: sys.exit("not %d to %d" % (least, most))
P
}
build=$1
echo "Sound Blaster 16"; plays sb16 'sb16: enabled=1'
echo "Sound Blaster 16 again"; plays again 'sb16: enabled=1'
cmp "$work/sb16.hash" "$work/again.hash" && cmp "$work/sb16.wav" "$work/again.wav" || exit 1
mkdir "$work/www"; head -c 3000000 /dev/urandom > "$work/www/file"; sum=$(sha256sum < "$work/www/file" | cut -d' ' -f1)
echo "Sound Blaster 16 and RTL8029"
for name in both both-again; do
    plays $name 'sb16: enabled=1' "ne2k: type=pci, ethmod=vnet, ethdev=$work/www"
    grep -aq "$sum  /tmp/file" "$work/com1.txt" || { echo "the file is not what it was"; tail -n 20 "$work/com1.txt"; exit 1; }
done
cmp "$work/both.hash" "$work/both-again.hash" && cmp "$work/both.wav" "$work/both-again.wav" || exit 1
echo "AudioPCI"; plays es1370 'es1370: enabled=1'
