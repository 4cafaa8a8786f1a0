# Boot from the network: iPXE's ROMs for the RTL8029 and the 82540EM start by our BIOS, get an address and a script by DHCP and TFTP from the virtual network.
. tests/guests/lib.sh
need /usr/lib/ipxe/qemu/pxe-ne2k_pci.rom /usr/lib/ipxe/qemu/pxe-e1000.rom
mkdir "$work/www"
printf '#!ipxe\necho BOOTED-${net0/ip}-BY-${filename}\nimgfetch http://www.vnet/more.ipxe && echo HTTP-${net0/gateway}\n' > "$work/www/boot.ipxe"
printf '#!ipxe\n' > "$work/www/more.ipxe"
boots() { # BUILD ROM DIRECTIVE
    run_guest "$1" 'wait-text "BOOTED-192.168.10.15-BY-boot.ipxe" 60s
wait-text "HTTP-192.168.10.1" 20s' "optromimage1: file=/usr/lib/ipxe/qemu/$2, address=0xd0000" 'boot: network' "$3, ethmod=vnet, ethdev=$work/www, script=boot.ipxe"
    [ $status = 0 ] || { echo "$2"; exit 1; }
}
boots "$1" pxe-ne2k_pci.rom 'ne2k: type=pci'
boots "$1" pxe-e1000.rom 'e1000: enabled=1'
