# FreeDOS to its prompt, dir, a program, a file written and read back; twice, with equal hashes.
. tests/guests/lib.sh
script='wait-text "A:\\>" 60s
type "dir\n"
wait-text "bytes free" 30s
type "cls\n"
type "echo orrery wrote this > t.txt\n"
wait 5s
type "type t.txt\n"
wait-text "\norrery wrote this" 30s
type "cpulevel\n"
wait 5s
hash
quit 0'
boot_floppy "$1" freedos722.img "$script"; [ $status = 0 ] || exit 1
first=$(grep hash "$work/out")
boot_floppy "$1" freedos722.img "$script"; [ $status = 0 ] || exit 1
[ "$first" = "$(grep hash "$work/out")" ] || { echo "two runs differ: $first"; cat "$work/out"; exit 1; }
