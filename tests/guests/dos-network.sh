# DOS in the network: a packet driver of ours for the NE2000, resident, and a program on it that takes an address by DHCP, sends an echo and fetches a file by TFTP.
. tests/guests/lib.sh
need_tool nasm mcopy python3
need "$data/floppies/freedos722.img"
for program in packet-driver network; do nasm -f bin -o "$work/$program.com" tests/guests/dos-$program.asm || exit 1; done
mkdir "$work/www"
python3 - "$work/www/file.bin" << 'P' > "$work/sum"
import sys
data, state = bytearray(), 5
while len(data) < 40000:
    state = (state * 1103515245 + 12345) & 0xffffffff
    data.append(state >> 16 & 255)
open(sys.argv[1], "wb").write(data)
print(sum((n + 1) * byte for n, byte in enumerate(data)) & 0xffffffff)
P
fetches() { # BUILD DRIVER-ARGUMENTS DIRECTIVE...: the file comes through DOS to the floppy as it is
    build=$1 arguments=$2; shift 2
    cp "$data/floppies/freedos722.img" "$work/a.img"; chmod u+w "$work/a.img"
    mdel -i "$work/a.img" ::VIM.EXE
    mcopy -m -i "$work/a.img" "$work/packet-driver.com" ::DRIVER.COM && mcopy -m -i "$work/a.img" "$work/network.com" ::NETWORK.COM || exit 1
    run_guest "$build" "wait-text \"A:\\\\>\" 60s
type \"cls\nnetwork file.bin\n\"
wait-text \"There is no packet driver\" 20s
type \"driver 61 b 340\n\"
wait-text \"There is no NE2000\" 20s
type \"driver $arguments\n\"
wait-text \"address B0:C4:20:00:00:00\" 20s
type \"network nothing\n\"
wait-text \"TFTP: no such file\" 60s
type \"cls\nnetwork file.bin\n\"
wait-text \"The network is well.\" 120s
screenshot $work/network.png
expect-text \"our address 192.168.10.15, server 192.168.10.1\"
expect-text \"the server is B0:C4:20:00:00:FF\"
expect-text \"1000 bytes came back as they went\"
expect-text \"bytes 40000, sum $(cat "$work/sum")\"
type \"cls\nnetwork -\n\"
wait-text \"The driver has ended.\" 20s
type \"network file.bin\n\"
wait-text \"There is no packet driver\" 20s
wait 1s
hash
quit 0" "floppya: image=$work/a.img" 'clock: time0=0' "$@"
    [ $status = 0 ] || exit 1
    [ "${SHOTS:-}" ] && cp "$work/network.png" "$SHOTS"
    mcopy -n -i "$work/a.img" ::FILE.BIN "$work/got" && cmp "$work/got" "$work/www/file.bin" || exit 1
    rm "$work/got"
}
card="type=isa, ethmod=vnet, ethdev=$work/www"
fetches "$1" '' "ne2k: $card, ioaddr=0x300, irq=5"
first=$(grep hash "$work/out")
fetches "$1" '' "ne2k: $card, ioaddr=0x300, irq=5" 'cpu: exact=1'
[ "$first" = "$(grep hash "$work/out")" ] || { echo "two runs differ: $first"; cat "$work/out"; exit 1; }
fetches "$1" '7e a 280' "ne2k: $card, ioaddr=0x280, irq=10"
