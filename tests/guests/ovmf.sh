# Debian's UEFI firmware: its shell shows in a graphics mode, runs a script from a folder of the host, reads the keyboard, and switches off.  A character takes it longer than
# a fast typist.
. tests/guests/lib.sh
need /usr/share/ovmf/OVMF.fd
mkdir "$work/folder"
printf 'echo SCRIPT-RUNS\r\nls fs0:\r\npci\r\n' > "$work/folder/startup.nsh"
printf 'twelve bytes' > "$work/folder/twelve"
for rom in /usr/share/ovmf/OVMF.fd /usr/share/OVMF/OVMF_CODE_4M.fd; do
    [ -e $rom ] || continue
    run_guest "$1" "wait-text \"SCRIPT-RUNS\" 200s --on com1
wait-text \"Device 1111\" 20s --on com1
wait 3s
screenshot $work/shell.png
type \"reset -s\\n\"
c" "memory: guest=128" "keyboard: paste_delay=200000" "romimage: file=$rom" "com1: enabled=1, mode=file, dev=$work/com1.txt" "ata0-master: type=disk, mode=vvfat, path=$work/folder"
    [ $status = 0 ] && grep -q 'the guest switched off' "$work/out" || { cat "$work/out"; exit 1; }
    grep -aEq ' 12 +twelve' "$work/com1.txt" || { cat "$work/com1.txt"; echo "$rom: the folder is not there"; exit 1; }
    [ "${KEEP:-}" ] && cp "$work/shell.png" "$KEEP"
done
exit 0
