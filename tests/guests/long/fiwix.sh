# Fiwix, a 32-bit UNIX: GRUB, protected mode, paging, processes; to its console and a shell.
. tests/guests/lib.sh
boot_floppy "$1" fiwix.img 'wait-text "Please press Enter to activate this console." 120s
type "\n"
wait 5s
type "ls /bin\n"
wait-text "cat" 20s
print-screen
quit 0'
exit $status
