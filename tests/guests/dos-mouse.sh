# DOS and mice: resident drivers of ours, on the BIOS's pointing device interface and on the serial port, and a program that tells what INT 33h says.
. tests/guests/lib.sh
need_tool nasm mcopy
need "$data/floppies/freedos722.img"
nasm -f bin -o "$work/mouse.com" tests/guests/dos-mouse.asm || exit 1
nasm -f bin -o "$work/ps2.com" tests/guests/dos-mouse-driver.asm || exit 1
nasm -f bin -D SERIAL -o "$work/serial.com" tests/guests/dos-mouse-driver.asm || exit 1
points() { # BUILD DRIVER WHAT-IT-SAYS BUTTONS KIND DIRECTIVE...
    build=$1 driver=$2 says=$3 buttons=$4 kind=$5; shift 5
    cp "$data/floppies/freedos722.img" "$work/a.img"; chmod u+w "$work/a.img"
    mdel -i "$work/a.img" ::VIM.EXE
    mcopy -m -i "$work/a.img" "$work/ps2.com" ::PS2.COM && mcopy -m -i "$work/a.img" "$work/serial.com" ::SERIAL.COM && mcopy -m -i "$work/a.img" "$work/mouse.com" ::MOUSE.COM || exit 1
    run_guest "$build" "wait-text \"A:\\\\>\" 60s
type \"mouse\n\"
wait-text \"There is no mouse driver.\" 20s
type \"$driver\n\"
wait-text \"$says\" 20s
type \"mouse\n\"
wait-text \"Mouse: buttons $buttons, kind $kind\" 20s
wait-text \"X 320 Y 96 pressed 0\" 5s
mouse 40 17
wait-text \"X 360 Y 104 pressed 0\" 5s
expect-text \"Events 01\"
screenshot $work/$driver-moved.png
mouse 0 0 0 left
wait-text \"X 360 Y 104 pressed 1\" 5s
mouse -100 -40 0 left
wait-text \"X 256 Y 88 pressed 1\" 5s
mouse 0 0 0 left right
wait-text \"pressed 3\" 5s
mouse 0 0 0 right
wait-text \"pressed 2\" 5s
mouse 0 0
wait-text \"pressed 0\" 5s
expect-text \"Events 1F\"
type b
wait-text \"Pressed 1 at 360,104, released 1 at 256,88\" 5s
type b
wait-text \"Pressed 0 at 360,104, released 0 at 256,88\" 5s
type r
wait-text \"Pressed 1 at 256,88, released 1 at 256,88\" 5s
type m
wait-text \"Mickeys -60,-23\" 5s
type m
wait-text \"Mickeys 0,0\" 5s
type p
wait-text \"X 16 Y 40\" 5s
type l
wait-text \"X 200 Y 80\" 5s
mouse 250 250
wait-text \"X 392 Y 112\" 5s
type 0
wait-text \"X 320 Y 96\" 5s
type c
mouse -200 -240
mouse -200 0
wait-text \"X 0 Y 0\" 20s
mouse 250 60
wait-text \"X 248 Y 24\" 5s
mouse 0 40
wait-text \"X 248 Y 48\" 5s
screenshot $work/$driver-heart.png
type h
wait 1s
screenshot $work/$driver-hidden.png
key esc
wait-text \"No more mouse.\" 5s
hash
quit 0" "floppya: image=$work/a.img" 'clock: time0=0' "$@"
    [ $status = 0 ] || { echo "with $driver"; exit 1; }
    [ "${SHOTS:-}" ] && cp "$work"/*.png "$SHOTS"
    cmp -s "$work/$driver-heart.png" "$work/$driver-hidden.png" && { echo "the pointer does not go"; exit 1; }
    return 0
}
points "$1" ps2 'PS/2 mouse' 3 4 'mouse: type=ps2'
points "$1" ps2 'PS/2 mouse' 3 4 'mouse: type=imps2'
first=$(grep hash "$work/out")
points "$1" ps2 'PS/2 mouse' 3 4 'mouse: type=imps2' 'cpu: exact=1'
[ "$first" = "$(grep hash "$work/out")" ] || { echo "two runs differ: $first"; cat "$work/out"; exit 1; }
points "$1" serial 'Serial mouse at COM1' 2 2 'mouse: type=serial' 'com1: mode=mouse'
