# A DOS program on the FPU: roots, sines, logarithms, packed decimals; on models from a 387 to a Core 2.
. tests/guests/lib.sh
need_tool nasm mcopy
need "$data/floppies/freedos722.img"
nasm -f bin -o "$work/fpu.com" tests/guests/freedos-fpu.asm || exit 1
for model in i386_387 i486dx4 pentium p2_klamath core2_penryn; do
    cp "$data/floppies/freedos722.img" "$work/fpu.img"; chmod u+w "$work/fpu.img"
    mcopy -i "$work/fpu.img" "$work/fpu.com" ::FPU.COM || exit 1
    run_guest "$1" 'wait-text "A:\\>" 60s
type "cls\nfpu\n"
wait-text "0314159265" 30s
expect-text "0141421356"
expect-text "0084147098"
expect-text "0230258509"
quit 0' "cpu: model=$model" "floppya: image=$work/fpu.img, status=inserted"
    [ $status = 0 ] || { echo "on $model"; exit 1; }
done
