# A guest on a tap interface of a network namespace of its own: the host pings it, and fetches a file from it with the right checksum.
. tests/guests/lib.sh
need_tool apt-get dpkg-deb cpio strings unshare ip
limit=900
[ -c /dev/net/tun ] || { echo "/dev/net/tun is not there: skipped"; exit 77; }
unshare -rn ip tuntap add dev tap0 mode tap 2> "$work/why" || { echo "no tap interface in a namespace of its own ($(head -n 1 "$work/why")): skipped"; exit 77; }
sh tests/guests/long/lan-initrd.sh amd64 "$work/linux" > "$work/made" 2>&1 || { echo "no kernel of amd64 (apt-get update): skipped"; exit 77; }
busybox=$work/linux/system/bin/busybox
"$busybox" true 2> /dev/null || { echo "this host does not run the guest's BusyBox: skipped"; exit 77; }
printf 'wait-text "WORK-OK" 900s --on com1\nc\n' > "$work/rc"
cat > "$work/inside" <<'I'
program=$1 busybox=$2 work=$3 limit=$4
ip tuntap add dev tap0 mode tap; ip addr add 10.0.0.2/24 dev tap0; ip link set tap0 up
"$program" -n --headless -rc "$work/rc" --max-time $limit 'cpu: ips=400000000' 'memory: guest=192' "com1: enabled=1, mode=file, dev=$work/com1.txt" "kernel: file=$work/linux/vmlinuz" \
    "initrd: file=$work/linux/initrd.gz" 'cmdline: "console=ttyS0 nokaslr role=server size=1024"' 'e1000: enabled=1, ethmod=tap, ethdev=tap0' > "$work/out" 2>&1 & machine=$!
trap 'kill $machine 2> /dev/null' EXIT
until grep -q SERVER-READY "$work/com1.txt" 2> /dev/null; do kill -0 $machine || exit 1; sleep 1; done
"$busybox" ping -c 3 -W 5 10.0.0.1 && "$busybox" wget -q -O "$work/file" http://10.0.0.1/file || exit 1
until echo HOST-OK | "$busybox" nc 10.0.0.1 1234; do sleep 1; done
wait $machine
I
timeout $limit unshare -rn sh "$work/inside" "$1/orrery" "$busybox" "$work" $limit || { cat "$work/out"; tail -n 20 "$work/com1.txt"; exit 1; }
grep -aq HOST-OK "$work/com1.txt" && grep -aq "$(sha256sum < "$work/file" | cut -d' ' -f1)  /tmp/www/file" "$work/com1.txt" || { echo "the file is not what it was"; tail -n 20 "$work/com1.txt"; exit 1; }
