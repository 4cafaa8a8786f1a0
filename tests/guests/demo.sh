# The built-in demo disk: menu within two seconds, every page, shut-down; on the default machine and on a 386 without CPUID.
. tests/guests/lib.sh
script='wait-text "O  R  R  E  R  Y" 2s
key 1
wait-text "Segment * 16" 5s
expect-text "B7FF:0010 = B7FF0 + 0010 = B8000"
key esc
key 2
wait-text "DIV BL" 5s
expect-text "#DE  error 0000"
expect-text "#GP  error 006A"
expect-text "#UD  error 0000"
key esc
key up
key down
key down
key enter
wait-text "600DF00D went in, 600DF00D came out" 5s
expect-text "CR2 00402000"
expect-text "P R/W A D"
key esc
key 4
wait 3s
key esc
wait-text "Up, Down and Enter" 3s
key 5
wait 2s
key esc
wait-text "Up, Down and Enter" 3s
key 6
wait-text "Below the split" 3s
wait 2s
key esc
wait-text "Up, Down and Enter" 3s
key 7
wait-text "2000-01-01" 3s
wait 3s
key a
wait-text "1E 9E" 3s
key esc
wait-text "Up, Down and Enter" 3s
key 8
wait 1s
quit 9'
for model in p6_nofpu i386; do
    run_guest "$1" "$script" "cpu: model=$model"
    grep -q "the guest switched off" "$work/out" && [ $status = 0 ] || { echo "model=$model: status $status"; cat "$work/out"; exit 1; }
done
