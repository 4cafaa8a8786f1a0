# Debian's kernel debugged with the names of its System.map, and with the DWARF tables of its vmlinux: it stops at functions and source lines, tells who called, and panics where it should.
. tests/guests/lib.sh
need_tool apt-get dpkg-deb
kernel=$(apt-cache depends linux-image-cloud-amd64 2> /dev/null | awk '/Depends: linux-image/ { print $2; exit }')
[ -n "$kernel" ] || { echo "linux-image-cloud-amd64 is not known (apt-get update): skipped"; exit 77; }
(cd "$work" && apt-get download -q "$kernel" "$kernel-dbg" > apt.log 2>&1) || { tail -n 2 "$work/apt.log"; echo "$kernel and its -dbg (280 MB) cannot be had: skipped"; exit 77; }
for package in "$work"/*.deb; do dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work" --wildcards '*boot/vmlinu*' '*debug/boot/System.map*' 2> /dev/null; rm "$package"; done
image=$(ls "$work"/boot/vmlinuz-*) map=$(ls "$work"/usr/lib/debug/boot/System.map-*) vmlinux=$(ls "$work"/usr/lib/debug/boot/vmlinux-*)
debug() { # SCRIPT SYMBOLS
    limit=120 run_guest "$build" "$1" 'memory: guest=256' "kernel: $image" 'cmdline: "console=ttyS0 nokaslr panic=-1"' "symbols: file=$2"
    [ $status = 0 ] || exit 1
}
shows() { while read -r line; do grep -q -- "$line" "$work/out" || { echo "missing: $line"; cat "$work/out"; exit 1; }; done; }
build=$1
debug 'b start_kernel
c
expect rip == start_kernel
bt
slist start_kern
b kernel_init
blist
c
expect rip == kernel_init
bt
x /1gx linux_banner
print-string linux_banner
lb panic if cpl == 0
c
expect rip == panic
bt
quit 0' "$map"
shows <<'L'
Breakpoint 1, 0xffffffff[0-9a-f]* in start_kernel+0x0 ()
ffffffff[0-9a-f]*: start_kernel$
1 lbreakpoint    keep y   0xffffffff[0-9a-f]* 1 <start_kernel+0x0>
-> [0-9a-f]* ret_from_fork+0x
<linux_banner+0x0>:
Linux version 6
-> [0-9a-f]* mount_block_root+0x
-> [0-9a-f]* prepare_namespace+0x[0-9a-f]* ?
-> [0-9a-f]* kernel_init_freeable+0x[0-9a-f]* ?
-> [0-9a-f]* kernel_init+0x[0-9a-f]* ?
L
debug 'b start_kernel
c
bt
b mount_block_root
c
expect "init/do_mounts.c":400 > rip
bt
quit 0' "$vmlinux"
shows <<'L'
in start_kernel+0x0 (main.c:[0-9]*) ()
in mount_block_root+0x0 (do_mounts.c:[0-9]*) ()
prepare_namespace+0x[0-9a-f]* (do_mounts.c:[0-9]*)
kernel_init_freeable+0x[0-9a-f]* (main.c:[0-9]*)
L
command -v gdb > /dev/null || { echo "gdb is not installed: its part is skipped"; exit 0; }
cat > "$work/gdb" <<'G'
hbreak mount_block_root
continue
bt
watch jiffies_64
continue
monitor bt
kill
G
timeout 200 "$build/orrery" -n --headless 'clock: sync=none' 'memory: guest=256' 'cpu: count=2' "kernel: $image" 'cmdline: "console=ttyS0 nokaslr panic=-1"' "symbols: file=$vmlinux" \
    "gdbstub: enabled=1, socket=$work/socket" > "$work/out" 2>&1 &
for i in 1 2 3 4 5 6 7 8 9 10; do sleep 1; grep -q 'for gdb' "$work/out" && break; done
timeout 180 gdb -nx -q -batch -ex 'set pagination off' -ex "target remote $work/socket" -x "$work/gdb" "$vmlinux" > "$work/gdb.out" 2>&1
wait; cat "$work/gdb.out" >> "$work/out"
shows <<'L'
Thread [12] hit Breakpoint 1, mount_block_root (name=
#[0-9]*  0xffffffff[0-9a-f]* in kernel_init (
hit Hardware watchpoint 2: jiffies_64
-> [0-9a-f]* tick_sched_timer+0x[0-9a-f]* (tick-sched.c:[0-9]*)
L
