# Linux's consoles on frame buffers: cirrusfb, which fills, copies and expands bits with the BitBLT engine, the DRM driver cirrus, and vesafb on both adapters draw the same pictures, scrolled ones too.
. tests/guests/lib.sh
need_tool apt-get dpkg-deb cpio strings
sh tests/guests/long/display-initrd.sh "$work/kernel" > "$work/made" 2>&1 || { echo "no kernel of i386 (dpkg --add-architecture i386, apt-get update): skipped"; exit 77; }
build=$1
shows() { # NAME FRAME-BUFFER DRIVER CMDLINE DIRECTIVE...: its pictures to $work/NAME-*.png
    name=$1 expected=$2 driver=$3 cmdline=$4; shift 4
    run_guest "$build" "wait-text \"PAGE\" 200s --on com1
wait 1s
screenshot $work/$name-page.png
wait-text \"SCROLLED\" 100s --on com1
wait 1s
screenshot $work/$name-scrolled.png
quit 0" "memory: guest=128" "com1: enabled=1, mode=file, dev=$work/com1.txt" "kernel: file=$work/kernel/vmlinuz" "initrd: file=$work/kernel/initrd.gz" \
        "cmdline: \"console=ttyS0 nokaslr quiet fb=$driver $cmdline\"" "$@"
    [ $status = 0 ] || { tail -n 20 "$work/com1.txt"; exit 1; }
    grep -a '^FB' "$work/com1.txt"
    grep -aq "$expected" "$work/com1.txt" || { echo "$name: not $expected"; exit 1; }
}
same() { # NAME NAME
    for picture in page scrolled; do cmp "$work/$1-$picture.png" "$work/$2-$picture.png" || exit 1; done
}
shows vbe8 'VESA VGA 640,480 8' none vga=0x301
shows vesa8 'VESA VGA 640,480 8' none vga=0x301 'vga: extension=cirrus'
shows cirrusfb '640,480 8' cirrusfb '' 'vga: extension=cirrus'
shows vbe16 'VESA VGA 1024,768 16' none vga=0x317
shows drm 'cirrusdrmfb 1024,768 16' cirrus '' 'vga: extension=cirrus'
shows vbe24 'VESA VGA 1024,768 24' none vga=0x318
shows vesa24 'VESA VGA 1024,768 24' none vga=0x318 'vga: extension=cirrus'
cp "$work"/*.png "${SHOTS:-$work}" 2> /dev/null
same vbe8 vesa8; same vbe8 cirrusfb; same vbe16 drm; same vbe24 vesa24
cmp -s "$work/vbe8-page.png" "$work/vbe8-scrolled.png" && { echo "nothing scrolls"; exit 1; }
[ "$(stat -c %s "$work/vbe8-page.png")" -gt 4000 ] || { echo "an empty page"; exit 1; }
