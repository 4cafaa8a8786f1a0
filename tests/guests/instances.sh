# The fast and the exact instance give one hash: 16-bit, 32-bit and V86 code of a DOS guest and of the demo disk.
. tests/guests/lib.sh
limit=60
same() { # NAME BUILD DIRECTIVE...
    name=$1 build=$2; shift 2
    run_guest "$build" "$script" "$@"; [ $status = 0 ] || exit 1
    fast=$(grep hash "$work/out")
    run_guest "$build" "$script" 'cpu: exact=1' "$@"; [ $status = 0 ] || exit 1
    [ -n "$fast" ] && [ "$fast" = "$(grep hash "$work/out")" ] || { echo "$name: the instances differ:"; echo "$fast"; cat "$work/out"; exit 1; }
}
script='c 30000000
hash
c 40000001
hash
quit 0'
same demo "$1"
for image in pdos32.img freedos722.img; do
    [ -e "$data/floppies/$image" ] || { echo "$image is not there"; continue; }
    cp "$data/floppies/$image" "$work/a.img"; chmod u+w "$work/a.img"
    same $image "$1" "floppya: image=$work/a.img, status=inserted, write_protected=1"
done
