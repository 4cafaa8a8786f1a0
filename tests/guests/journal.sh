# A recorded session of FreeDOS replays to the same hash; a changed image and a changed input are noticed.
. tests/guests/lib.sh
need "$data/floppies/freedos722.img"
cp "$data/floppies/freedos722.img" "$work/a.img"; chmod u+w "$work/a.img"
printf '%s\n' 'wait-text "A:\\>" 60s' 'type "echo kept > k.txt\n"' 'wait 2s' 'key F3' 'wait 1s' 'quit 0' > "$work/script"
"$1/orrery" -n --headless --record "$work/journal" -rc "$work/script" 'clock: time0=local' "floppya: image=$work/a.img" > "$work/out" 2>&1 || { cat "$work/out"; exit 1; }
cmp -s "$work/a.img" "$data/floppies/freedos722.img" || { echo "recording changed the image"; exit 1; }
"$1/orrery" replay "$work/journal" --headless > "$work/out" 2>&1 || { cat "$work/out"; exit 1; }
grep -q "as recorded" "$work/out" || { cat "$work/out"; exit 1; }
sed 's/key 60 1/key 61 1/' "$work/journal" > "$work/other"
"$1/orrery" replay "$work/other" --headless > "$work/out" 2>&1; [ $? = 1 ] || { echo "a changed key is not noticed"; cat "$work/out"; exit 1; }
printf x | dd of="$work/a.img" bs=1 seek=300000 conv=notrunc 2> /dev/null
"$1/orrery" replay "$work/journal" --headless > "$work/out" 2>&1; [ $? = 4 ] && grep -q "is not what it was" "$work/out" || { echo "a changed image is not noticed"; cat "$work/out"; exit 1; }
