# docs/debugging.md: what it says is what happens, with the demo disk.
. tests/guests/lib.sh
page='wait-text "O  R  R  E  R  Y" 5s
key 9
wait-text "My kernel" 5s'
told() { # SCRIPT-STATUS SCRIPT DIRECTIVE...: what is printed goes to $work/out
    wanted=$1 script=$2; shift 2
    run_guest "$build" "$page
$script" "$@" > /dev/null
    [ $status = "$wanted" ] || { echo "status $status"; cat "$work/out"; exit 1; }
}
# Every line of the page that is the machine's own (indented, and no prompt, no dots) was printed.
said() { # FROM-HEADING TO-HEADING
    sed -n "/^## $1/,/^## $2/p" docs/debugging.md | grep '^    ' | sed 's/^    //' | grep -v '^<orrery\|^\$ \|^ *\.\.\.$' > "$work/said"
    sed -i 's/, tick [0-9]*//' "$work/said" "$work/out"      # they change with the firmware
    [ -s "$work/said" ] || { echo "the page has no section $1"; exit 1; }
    while IFS= read -r line; do
        grep -qF -- "$line" "$work/out" || { echo "the page says, and the machine does not: $line"; cat "$work/out"; exit 1; }
    done < "$work/said"
}
build=$1
told 5 'key 1
c'
said 'My kernel triple' 'My interrupt'
told 0 'catch out 0x21
key 2
d 1
wait-text "Waiting for five" 5s
wait 2s
why not 0
quit 0'
said 'My interrupt' 'Who corrupted'
told 0 "key 3
wait-text \"which lies at\" 5s
watch v 0x1408c 2
c
ldsym $build/bios/demo/program.elf 0x10000
u 0x11565 0x11573
x /9hd ledger
r
expect edi == 9
wait-text \"And yet\" 5s
quit 0"
said 'Who corrupted' 'More ways'
# docs/time-travel.md, its bug.
told 0 "time-travel on
key 3
wait-text \"And yet\" 5s
ldsym $build/bios/demo/program.elf 0x10000
last-write 0x1408c 2
r
rs 2
present
quit 0"
sed -i 's/at tick [0-9]*/at tick/; s/t=[0-9]*$/t=/' "$work/out"
sed -n '/^## A bug, backwards/,/^## Ways/p' docs/time-travel.md | grep '^    ' | sed 's/^    //; s/at tick [0-9]*/at tick/; s/t=[0-9]*$/t=/' | grep -v '^<orrery\|^\$ ' > "$work/said"
while IFS= read -r line; do
    grep -qF -- "$line" "$work/out" || { echo "the page says, and the machine does not: $line"; cat "$work/out"; exit 1; }
done < "$work/said"
