# Debian 12's installer in text mode: amd64 booted by PXE over the virtual network, i386 from a CD like mini.iso; both get their address by DHCP, through an RTL8029 and an 82540EM,
# and come to the question for the host's name, which stands behind that.
. tests/guests/lib.sh
need_tool apt-get dpkg-deb genisoimage
need /usr/lib/ipxe/qemu/pxe-ne2k_pci.rom /usr/lib/ISOLINUX/isolinux.bin
limit=1500
dialogs='wait-text "Install" 200s
screenshot '$work'/menu.png
key esc
wait 5s
type "install\n"
wait-text "Select a language" 900s
wait 2s
key enter
wait-text "Select your location" 100s
key enter
wait-text "Keymap to use" 100s
key enter
wait-text "Please enter the hostname" 400s
print-screen
quit 0'
unpack() { # ARCHITECTURE: its images to $images
    (cd "$work" && apt-get download -q debian-installer-12-netboot-$1 && dpkg-deb -x debian-installer-12-netboot-$1_*.deb $1 && rm debian-installer-12-netboot-$1_*.deb) > "$work/made" 2>&1 || { echo "no debian-installer-12-netboot-$1: skipped"; exit 77; }
    images=$work/$1/usr/lib/debian-installer/images/12/$1/text
    need "$images/pxelinux.0" "$images/debian-installer/$1/linux"
}
unpack amd64
run_guest "$1" "$dialogs" "vga: extension=none" "memory: guest=1024" "optromimage1: file=/usr/lib/ipxe/qemu/pxe-ne2k_pci.rom, address=0xd0000" "boot: network" "ne2k: type=pci, ethmod=vnet, ethdev=$images, script=pxelinux.0"
[ $status = 0 ] || { echo "amd64 by PXE"; exit 1; }
rm -r "$work/amd64"

# what mini.iso has: the installer's own boot menu, kernel and root, all in one folder
unpack i386
mkdir "$work/iso"; cp -L "$images/debian-installer/i386/linux" "$images/debian-installer/i386/initrd.gz" "$images"/debian-installer/i386/boot-screens/* /usr/lib/ISOLINUX/isolinux.bin "$work/iso/"
sed -i 's,debian-installer/i386/boot-screens/,,g; s,debian-installer/i386/,,g' "$work"/iso/*.cfg; mv "$work/iso/syslinux.cfg" "$work/iso/isolinux.cfg"
genisoimage -quiet -l -o "$work/mini.iso" -b isolinux.bin -c boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table "$work/iso" || exit 1
run_guest "$1" "$dialogs" "vga: extension=none" "memory: guest=1024" "boot: cdrom" "ata1-master: type=cdrom, path=$work/mini.iso" "e1000: enabled=1, ethmod=vnet"
[ $status = 0 ] || { echo "i386 from a CD"; exit 1; }
exit 0
