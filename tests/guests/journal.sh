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
# From a snapshot on, cut, told as text; a replay's past, and another life at its end.
printf '%s\n' 'wait-text "A:\\>" 60s' "save $work/snapshot" 'quit 0' > "$work/script"
cp "$data/floppies/freedos722.img" "$work/a.img"
"$1/orrery" -n --headless -rc "$work/script" "floppya: image=$work/a.img" > "$work/out" 2>&1 || { cat "$work/out"; exit 1; }
printf '%s\n' 'type "ver\n"' 'wait 1s' 'quit 0' > "$work/script"
"$1/orrery" -r "$work/snapshot" --headless --record "$work/later" -rc "$work/script" > "$work/out" 2>&1 || { cat "$work/out"; exit 1; }
"$1/orrery" replay "$work/later" --headless > "$work/out" 2>&1 && grep -q "as recorded" "$work/out" || { cat "$work/out"; exit 1; }
"$1/orrery" journal text "$work/later" > "$work/out" && grep -q 'type *0 "ver\\n"' "$work/out" || { cat "$work/out"; exit 1; }
"$1/orrery" journal info "$work/later" > "$work/out" && grep -q '^type: 1, ' "$work/out" && grep -q '^snapshot ' "$work/out" || { cat "$work/out"; exit 1; }
tick=$(sed -n 's/^the last entry is of tick //p' "$work/out")
"$1/orrery" journal cut "$work/later" $((tick - 1000)) "$work/short" && "$1/orrery" replay "$work/short" --headless > "$work/out" 2>&1 && grep -q "up to tick $((tick - 1000));" "$work/out" || { cat "$work/out"; exit 1; }
printf '%s\n' c hash 'rs 100000' 's 100000' hash live 'type "dir\n"' 'wait-text "bytes free" 20s' 'quit 0' | "$1/orrery" replay "$work/later" --headless --prompt > "$work/out" 2>&1 || { cat "$work/out"; exit 1; }
[ "$(grep ' hash ' "$work/out" | sort -u | wc -l)" = 1 ] && grep -q "tick $tick is the present" "$work/out" || { cat "$work/out"; exit 1; }
