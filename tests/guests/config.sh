# Configurations: the sample, Bochs's own forms line by line, mistakes with their place, files that are none.
. tests/guests/lib.sh
orrery=$(realpath "$1")/orrery sample=$PWD/bochsrc.sample
"$orrery" --sample | cmp -s - "$sample" || { echo "bochsrc.sample is not what orrery --sample prints"; exit 1; }
cd "$work" || exit 1
printf 'quit 0\n' > q
expect() { # STATUS WORDS ARGUMENTS...: status, and words in what is said
    wanted=$1 words=$2; shift 2
    "$orrery" --headless -rc q "$@" > out 2>&1; got=$?
    [ $got = "$wanted" ] && { [ -z "$words" ] || grep -qF -- "$words" out; } || { echo "$*: status $got, wanted $wanted with: $words"; cat out; exit 1; }
}
"$orrery" -f "$sample" --headless -rc q > out 2>&1 && [ ! -s out ] || { echo "the sample is not taken silently"; cat out; exit 1; }
printf 'memory: \\\n  guest=8\r\ncpu: ips=1000000 # a comment\n#include part.rc\n' > main.rc; printf 'com1: enabled=0\n' > part.rc
expect 0 "" -f main.rc
printf 'vgaromimge: file=x\n\nfloppya: statu=inserted\nmemory: guest=1000000\n#include nowhere.rc\n' > bad.rc
expect 2 'bad.rc:1:1: unknown directive "vgaromimge"; did you mean "vgaromimage"?' -f bad.rc
grep -q 'bad.rc:3:10: floppya: unknown parameter "statu"' out && grep -q 'bad.rc:4:9: memory' out && grep -q 'bad.rc:5: #include' out || { cat out; exit 1; }
printf '#include self.rc\n' > self.rc; expect 2 "includes itself" -f self.rc
expect 2 "is a directory" -f .
expect 2 "No such file" -f nothere.rc
head -c 4000 /dev/zero > nul.rc; expect 2 "NUL byte" -f nul.rc
: > empty.rc; expect 0 "" -f empty.rc
expect 2 "command line:" -n 'mmeory: guest=8'
expect 4 "no such file" -n 'floppya: image=none.img'
: > empty.img; expect 4 "is empty" -n 'floppya: image=empty.img'
head -c 1000 /dev/zero > odd.img; expect 4 "no multiple of 512" -n 'ata0-master: type=disk, path=odd.img'
head -c 5120 /dev/zero > small.img; expect 4 "no floppy format" -n 'floppya: image=small.img'
head -c 1048576 /dev/zero > c.img; expect 4 "ata0-master" -n 'ata0-master: type=disk, path=c.img, cylinders=60000, heads=16, spt=63'
expect 4 "in use" -n 'ata0-master: type=disk, path=c.img' 'ata0-slave: type=disk, path=c.img'
expect 2 "count=2: several processors need local APICs" -n 'cpu: model=i386, count=2'
expect 2 "1 to 8 processors" -n 'cpu: count=9'
expect 0 "cores and threads" -n 'cpu: count=1:2:2'
expect 2 "are taken by" -n 'ata0: ioaddr1=0x3f8'
head -c 1000 /dev/zero > rom; expect 2 "a multiple of 4096" -n 'romimage: file=rom'
expect 2 "a multiple of 512" -n 'vgaromimage: file=rom'
head -c 1024 c.img > opt.rom; expect 2 "option ROM" -n 'optromimage1: file=opt.rom, address=0xd0001'
expect 2 "64 or 128 bytes" -n 'cmosimage: file=rom'
expect 2 "--max-time" --max-time never
expect 2 "--max-wall" --max-wall never
printf 'wait-text "no such text" 1e8s\n' > q; expect 3 "of the host's time is reached" -n --max-wall 0.3; printf 'quit 0\n' > q
"$orrery" --help devices > out 2>&1 && grep -q '^e1000 .*82540EM' out && grep -q 'ethmod' out && grep -q ' fdc ' out || { cat out; exit 1; }
rm -f new.img; "$orrery" image create new.img 3M > out 2>&1 && "$orrery" image check new.img > out 2>&1 && grep -q "all 6144 sectors" out || { cat out; exit 1; }
"$orrery" image info new.img | grep -q "6144 sectors" || exit 1
"$orrery" image create new.img 3M > out 2>&1; [ $? = 4 ] && grep -q "exists already" out || { cat out; exit 1; }
"$orrery" image info none.img > out 2>&1; [ $? = 4 ] || { cat out; exit 1; }
"$orrery" image create other.img 3x > out 2>&1; [ $? = 2 ] || { cat out; exit 1; }
printf 'wait-text\n' > q; expect 2 "q:1" -n
printf 'no-such-command\n' > q; expect 2 "q:1" -n
