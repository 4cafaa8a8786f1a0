# A folder of the host as a disk and as a floppy: FreeDOS reads it, changes it, and what it changed comes back; fsck.fat and mtools as judges.
. tests/guests/lib.sh
need_tool fsck.fat mcopy
program=$1/orrery
fails() { echo "$*"; exit 1; }
mkdir -p "$work/src/sub/deeper" "$work/src/A long folder name"
echo "hello from the host" > "$work/src/HELLO.TXT"
echo "lower case" > "$work/src/readme.txt"
head -c 300000 /dev/urandom > "$work/src/sub/random.bin"
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo $i > "$work/src/A long folder name/Document number $i.text"; done
echo deep > "$work/src/sub/deeper/deep.txt"
ln -s /etc/passwd "$work/src/link"

# the image that the guest would see, FAT16 and FAT32
judge() { # DISK: fsck finds nothing wrong, files are what they are
    dd if="$1" of="$work/volume" bs=32256 skip=1 count=3000 2> "$work/dd.log"        # what is used lies at the front
    truncate -s $(($(stat -c %s "$1") - 32256)) "$work/volume"
    fsck.fat -n -v "$work/volume" > "$work/fsck.out" 2>&1 || { cat "$work/fsck.out"; fails "fsck.fat finds something"; }
    grep -q "$2" "$work/fsck.out" || { cat "$work/fsck.out"; fails "no $2"; }
    mcopy -n -i "$work/volume" ::sub/random.bin "$work/random.back" && cmp "$work/src/sub/random.bin" "$work/random.back" || fails "another random.bin"
    mcopy -n -i "$work/volume" "::A long folder name/Document number 12.text" "$work/12.back" && [ "$(cat "$work/12.back")" = 12 ] || fails "another Document number 12.text"
}
"$program" image convert vvfat:"$work/src" "$work/disk" > "$work/convert.out" 2>&1 || { cat "$work/convert.out"; exit 1; }
judge "$work/disk" "16 bit entries"
cp -r "$work/src" "$work/many"                   # FAT32, whose root directory has no end
for i in $(seq 1 300); do : > "$work/many/One of several hundred files in the root, number $i"; done
"$program" image convert --format=growing vvfat:"$work/many" "$work/disk32" && "$program" image convert --force "$work/disk32" "$work/disk" || exit 1
judge "$work/disk" "32 bit entries"
rm -f "$work/disk" "$work/disk32" "$work/volume"

# a guest reads and changes it
need "$data/floppies/freedos722.img"
cp "$data/floppies/freedos722.img" "$work/a.img"; chmod u+w "$work/a.img"
find "$work/src" -type f -exec sha256sum {} + | sort > "$work/before"
run_guest "$1" 'wait-text "A:\\>" 60s
type "c:\n"
wait-text "C:\\>" 10s
type "type hello.txt\n"
wait-text "hello from the host" 10s
type "dir sub\n"
wait-text "bytes free" 30s
type "cls\n"
type "type alongf~1\\docume~3.tex\n"
wait-text "\n11" 10s
type "echo written by the guest > new.txt\n"
wait 1s
type "echo more >> readme.txt\n"
wait 1s
type "md made\n"
wait 1s
type "copy hello.txt made\\copy.txt\n"
wait 1s
type "del sub\\deeper\\deep.txt\n"
wait 1s
quit 0' "floppya: image=$work/a.img, status=inserted" "ata0-master: type=disk, mode=vvfat, path=$work/src, writeback=$work/back" 'boot: floppy'
[ $status = 0 ] || exit 1
grep -q "3 files of the guest written" "$work/out" || { cat "$work/out"; fails "it is not said what was written"; }
find "$work/src" -type f -exec sha256sum {} + | sort | cmp - "$work/before" || fails "the folder was changed"
[ "$(tr -d '\r' < "$work/back/NEW.TXT")" = "written by the guest " ] || fails "NEW.TXT is not what the guest wrote"
[ "$(tr -d '\r' < "$work/back/readme.txt")" = "lower case
more " ] || fails "readme.txt is not what the guest made of it"
[ "$(cat "$work/back/MADE/COPY.TXT")" = "hello from the host" ] || fails "no MADE/COPY.TXT"
[ ! -e "$work/back/HELLO.TXT" ] && [ ! -e "$work/back/sub" ] || fails "what the guest did not change was written"

# and as a floppy
mkdir "$work/floppy"; echo "on a floppy" > "$work/floppy/note.txt"
cp "$data/floppies/freedos722.img" "$work/a.img"
run_guest "$1" 'wait-text "A:\\>" 60s
type "type b:note.txt\n"
wait-text "on a floppy" 20s
quit 0' "floppya: image=$work/a.img, status=inserted" "floppyb: 1_44=vvfat:$work/floppy, status=inserted" 'boot: floppy'
[ $status = 0 ] || exit 1

# there is nothing to start on either, and both say so
for disk in "floppya: 1_44=vvfat:$work/floppy, status=inserted" "ata0-master: type=disk, mode=vvfat, path=$work/src"; do
    run_guest "$1" 'wait-text "This disk is a folder of the host: it holds no operating system to start." 20s
wait-text "No operating system has been started." 5s
quit 0' "$disk"
    [ $status = 0 ] || exit 1
done
