# Two Linuxes on one LAN ping each other and copy a file, whose checksums agree: on one virtual clock, where two runs end at the same ticks and hashes, and
# in two processes on a hub.
. tests/guests/lib.sh
need_tool apt-get dpkg-deb cpio strings
limit=900
sh tests/guests/long/lan-initrd.sh amd64 "$work/linux" > "$work/made" 2>&1 || { echo "no kernel of amd64 (apt-get update): skipped"; exit 77; }
printf 'wait-text "WORK-OK" 900s --on com1\nhash\nc\n' > "$work/rc"
machine() { # ROLE DIRECTIVE...: options of its command line, a line each
    role=$1; shift
    printf '%s\n' -n -rc "$work/rc" --max-time $limit 'memory: guest=192' "com1: enabled=1, mode=file, dev=$work/$role.txt" "kernel: file=$work/linux/vmlinuz" \
        "initrd: file=$work/linux/initrd.gz" "cmdline: \"console=ttyS0 nokaslr role=$role size=$kib\"" "$@"
}
judge() { # WHAT
    for sign in server:SERVER-READY client:PING-OK server:CLIENT-OK; do
        grep -q "${sign#*:}" "$work/${sign%:*}.txt" || { echo "$1: no ${sign#*:}"; tail -n 20 "$work/server.txt" "$work/client.txt"; exit 1; }
    done
    sums=$(sed -n 's/^\([0-9a-f]\{64\}\)  .*/\1/p' "$work/server.txt" "$work/client.txt" | sort | uniq -c)
    case $sums in *" 2 "*) echo "$1:$sums" ;; *) echo "$1: the file is not what it was: $sums"; exit 1 ;; esac
}
together() { # OUT CARD DELAY: on one clock
    machine server "$2, ethmod=lan, ethdev=wire" > "$work/server.options"
    machine client "$2, ethmod=lan, ethdev=wire" > "$work/client.options"
    { printf '%s\n' lan --delay $3; cat "$work/server.options"; echo --; cat "$work/client.options"; } | tr '\n' '\0' | xargs -0 "$program" > "$1" 2>&1 ||
        { cat "$1"; tail -n 5 "$work/server.txt" "$work/client.txt"; exit 1; }
}
program=$1/orrery kib=8192
together "$work/first" "e1000: enabled=1" 100; judge 'one clock, 82540EM'; grep hash "$work/first"
together "$work/second" "e1000: enabled=1" 100; cmp "$work/first" "$work/second" || { echo 'the second run was another one'; cat "$work/second"; exit 1; }
kib=512; together "$work/out" "ne2k: type=pci" 1000; judge 'one clock, RTL8029, a millisecond of cable'
kib=2048
"$program" hub "$work/hub" & hub=$!
trap 'kill $hub $server 2> /dev/null; rm -rf "$work"' EXIT
while [ ! -S "$work/hub" ]; do sleep 0.1; done
on_hub() { machine "$@" "e1000: enabled=1, mac=b0:c4:20:00:01:0$number, ethmod=lan, ethdev=$work/hub" 'cpu: ips=400000000' --headless | tr '\n' '\0' | xargs -0 "$program" > "$work/out.$1" 2>&1; }
number=1; on_hub server & server=$!
number=2; on_hub client || { cat "$work/out.client"; tail -n 20 "$work/client.txt"; exit 1; }
wait $server; judge hub
