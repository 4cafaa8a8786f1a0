# Our BIOS's APM by its three interfaces: own-bios-apm.asm prints what each function gives, then the 32-bit one switches the machine off.
. tests/guests/lib.sh
need_tool nasm
nasm -f bin -i tests/guests/ -o "$work/a.img" tests/guests/own-bios-apm.asm || exit 1
run_guest "$1" 'c' "floppya: image=$work/a.img, status=inserted" "com1: enabled=1, mode=file, dev=$work/com1"
sed 's/ *$//' "$work/com1" > "$work/is"
cat > "$work/should" <<'E2'
check nc 0102 504D 0003 CY 0900 0001 0000
unconnected CY 030A 0001 0000 CY 0304 0000 0000
connect nc 5301 0000 0000 CY 0201 0000 0000 CY 0203 0000 0000
version nc 0102 0000 0102 nc 0101 0000 0101 nc 0102 0000 0200
status nc 530A 01FF 80FF CY 090A 8001 0000 nc 530C 0001 0000 nc 5310 0000 0000
event CY 800B 0000 0000
idle nc 5305 0000 0000 nc 5306 0000 0000
states CY 6007 0001 0001 CY 0A07 0001 0000 CY 0A07 0001 0004 CY 0907 0002 0003 CY 6007 0100 0001
disabled nc 5308 0001 0000 nc 0102 504D 000B CY 0107 0001 0003 nc 530F 0001 0000 nc 0102 504D 001B nc 5309 FFFF 0000 nc 0102 504D 0003
others CY 0C11 0000 0000 CY 0C80 0000 0000
disconnect nc 5304 0000 0000 CY 0304 0000 0000
16-bit CY 030A 0001 0000
nc 0102 0000 0102 nc 530A 01FF 80FF CY 800B 01FF 80FF nc 5304 0000 80FF CY 030A 0001 80FF
32-bit nc 0102 504D 0003
nc 0102 0000 0102 nc 530A 01FF 80FF CY 6007 0001 0002
E2
cmp "$work/is" "$work/should" || { diff "$work/should" "$work/is"; exit 1; }
[ $status = 0 ] && grep -q 'the guest switched off' "$work/out" || { cat "$work/out"; exit 1; }
