# A reset through port 92h that shuts A20 in the same write, as Fiwix does it, ends in POST and a second boot.
. tests/guests/lib.sh
dd if=/dev/zero of="$work/a.img" bs=512 count=2880 2> /dev/null
# xor ax,ax; mov ds,ax; cmp word [600h],1234h; je +18h; mov word [600h],1234h;
# mov [18h],ax; mov [1Ah],ax; mov byte [0],0F4h (an invalid opcode ends in HLT); mov al,1; out 92h,al; hlt; jmp $-1
# mov ax,0E21h; int 10h; int 10h; sti; hlt; jmp $-1
printf '\061\300\216\330\201\076\000\006\064\022\164\030\307\006\000\006\064\022\243\030\000\243\032\000\306\006\000\000\364\260\001\346\222\364\353\375\270\041\016\315\020\315\020\373\364\353\375' |
    dd of="$work/a.img" conv=notrunc 2> /dev/null
printf '\125\252' | dd of="$work/a.img" bs=1 seek=510 conv=notrunc 2> /dev/null
run_guest "$1" 'wait-text "!!" 30s
quit 0' "boot: floppy" "floppya: image=$work/a.img, status=inserted"
exit $status
