# VBE's functions, one after another: what they answer, on boards with and without PCI, and on a CL-GD5446.
. tests/guests/lib.sh
need_tool nasm
nasm -f bin -i tests/guests/ -o "$work/a.img" tests/guests/vbe-services.asm || exit 1
cat > "$work/expected" <<'X'
00 ax 004F  4556 4153  version 0300  memory 0100  modes 0047
01 ax 004F  009B  line 0800  size 0400  0300  planes, bits 1001  red 0B05  at E000 0000  none ax 014F
02 ax 004F  03 ax 004F  mode 0101
05 ax 004F  ax 004F  bank 0002  first 0011  third 0022  too far ax 014F
06 ax 004F  bytes 03E8  dots 03E8  lines 4189
07 ax 004F  ax 004F  at 0064  0032  outside ax 014F
08 ax 004F  bits 0800  09 ax 004F  ax 004F  00F0 F1F2  ax 004F  ax 004F  in 6 003C 3C3C
04 ax 004F  blocks 0011  ax 004F  ax 004F  ax 004F  ax 004F  start 0064  0032  ax 004F  mode 0101
linear ax 004F  ax 034F  ax 004F  mode 4144  ax 034F
0A ax 004F  entries 001C  ax 004F  start 0008  0010
10 ax 004F  can 0410  ax 004F  ax 004F  is 0402  ax 004F
15 ax 004F  can 0102  ax 004F  FF00  version 0401  sum 0000
back ax 004F  mode 0003  ax 014F  ax 0100  ax 004F  6A is 0102
end
X
says() { # EXPECTED DIRECTIVE...: what the floppy says on such a board
    expected=$1; shift
    run_guest "$build" 'wait-text "end" 20s --on com1
quit 0' "floppya: 1_44=$work/a.img, status=inserted" "boot: floppy" "com1: enabled=1, mode=file, dev=$work/com1" "$@"
    [ $status = 0 ] || exit 1
    tr -d '\r' < "$work/com1" | sed 's/ *$//' | diff "$expected" - || { echo "$*"; exit 1; }
    rm "$work/com1"
}
build=$1
says "$work/expected" 'pci: enabled=1'
says "$work/expected" 'pci: enabled=0'

# Six bits of DAC, 4 MiB, no protected-mode interface; the modes that a line of 4088 bytes and the clock allow.
nasm -f bin -D CIRRUS -i tests/guests/ -o "$work/a.img" tests/guests/vbe-services.asm || exit 1
sed -e '/^0A/d' -e 's/memory 0100  modes 0047/memory 0040  modes 0014/' -e 's/lines 4189/lines 1062/' \
    -e 's/^08.*/08 ax 004F  bits 0600  09 ax 004F  ax 004F  0030 3132  ax 004F  ax 004F  in 6 0030 3132/' -e 's/mode 4144/mode 4117/' -e 's/6A is 0102/6A is 0003/' "$work/expected" > "$work/expected-cirrus"
says "$work/expected-cirrus" 'pci: enabled=1' 'vga: extension=cirrus'
