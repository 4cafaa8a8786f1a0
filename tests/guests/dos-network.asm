; A DOS program on a packet driver: looks for it, takes an address by DHCP, asks for the server by ARP, sends it an echo, and fetches a file by TFTP.
;   NETWORK FILE                        the file on the server; here it has the same name
;   NETWORK -                           ends the driver
; Sources: Packet Driver Specification 1.09; RFC 826 (ARP), 791, 792 (IP, ICMP), 768 (UDP), 2131 (DHCP), 1350 (TFTP).
    org 0x100
    bits 16
    cpu 386

ETH_TO    equ 0                         ; of a frame, from its beginning
ETH_FROM  equ 6
ETH_TYPE  equ 12
ARP       equ 14
IP        equ 14
IP_SIZE   equ IP + 2
IP_PROTO  equ IP + 9
IP_SUM    equ IP + 10
IP_FROM   equ IP + 12
IP_TO     equ IP + 16
ICMP      equ IP + 20
UDP       equ IP + 20
UDP_FROM  equ UDP + 0
UDP_TO    equ UDP + 2
UDP_SIZE  equ UDP + 4
UDP_SUM   equ UDP + 6
PAYLOAD   equ UDP + 8
TYPE_IP   equ 0x0008                    ; words of the wire are the other way round here
TYPE_ARP  equ 0x0608
PROTO_ICMP equ 1
PROTO_UDP equ 17
YIADDR    equ PAYLOAD + 16
CHADDR    equ PAYLOAD + 28
COOKIE    equ PAYLOAD + 236
OPTIONS   equ PAYLOAD + 240
ECHO_BYTES equ 1000

%define WIRE(w) (((w) >> 8) | (((w) & 255) << 8))

FREE      equ 0                         ; `received`: what the buffer is
WAITS     equ 1
SEEN      equ 2

%macro SAY 1
    mov dx, %1
    call print
%endmacro

main:
    cld
    mov di, bss
    mov cx, bss_end - bss
    xor al, al
    rep stosb
    call file_name
    call find_driver
    cmp word [name], '-'
    je end_driver
    call open_driver
    call dhcp
    call ask_server
    call echo
    call fetch
    call close_driver
    SAY well
    mov ax, 0x4c00
    int 0x21

; DX: why not; ends the program.
give_up:
    push dx
    mov bx, [ip_handle]
    call release
    mov bx, [arp_handle]
    call release
    pop dx
    call print
    mov ax, 0x4c01
    int 0x21
release:
    test bx, bx
    jz .end
    mov ah, 3
    call driver
.end:
    ret

; --- the driver ---
driver:                                 ; its INT, without one
    pushf
    cli
    call far [driver_entry]
    ret

; The vectors 60h to 80h, for one that leads to "PKT DRVR".
find_driver:
    mov bx, 0x60 * 4
.look:
    xor ax, ax
    mov es, ax
    les di, [es:bx]
    add di, 3
    mov si, signature
    mov cx, 9
    repe cmpsb
    je .found
    add bx, 4
    cmp bx, 0x80 * 4
    jbe .look
    mov dx, no_driver
    jmp give_up
.found:
    sub di, 12
    mov [driver_entry], di
    mov [driver_entry + 2], es
    ret

; Handles for IP and ARP, and what a driver has to refuse.
open_driver:
    mov ax, 0x01ff
    call driver
    jc .bad
    cmp ch, 1
    jne .bad
    push ds                             ; its name
    pop es
    push cs
    pop ds
    push es
    push si
    SAY driver_is
    pop si
    pop es
.letter:
    mov al, [es:si]
    inc si
    test al, al
    jz .named
    call print_letter
    jmp .letter
.named:
    SAY blank
    mov si, type_ip
    call access
    jc .bad
    mov [ip_handle], ax
    mov si, type_arp
    call access
    jc .bad
    mov [arp_handle], ax
    mov si, type_ip
    call access
    jnc .bad
    cmp dh, 10                          ; TYPE_INUSE
    jne .bad
    mov bx, 1
    mov ah, 3
    call driver
    jnc .bad
    cmp dh, 1                           ; BAD_HANDLE
    jne .bad
    mov ah, 99
    call driver
    jnc .bad
    cmp dh, 11                          ; BAD_COMMAND
    jne .bad
    mov cx, 1515
    mov si, frame
    mov ah, 4
    call driver
    jnc .bad
    cmp dh, 12                          ; CANT_SEND
    jne .bad
    mov bx, [ip_handle]
    push cs
    pop es
    mov di, my_mac
    mov cx, 6
    mov ah, 6
    call driver
    jc .bad
    cmp cx, 6
    jne .bad
    mov si, my_mac
    call print_mac
    SAY line
    ret
.bad:
    push cs
    pop ds
    mov dx, bad_driver
    jmp give_up
access:
    mov ax, 0x0201
    mov bx, 0xffff
    xor dx, dx
    mov cx, 2
    push cs
    pop es
    mov di, receiver
    jmp driver

; The driver ends with its last handle, no sooner.
end_driver:
    mov si, type_arp
    call access
    jc open_driver.bad
    mov [arp_handle], ax
    mov si, type_ip
    call access
    jc open_driver.bad
    mov bx, ax
    mov ah, 5
    call driver
    jnc open_driver.bad
    cmp dh, 7                           ; CANT_TERMINATE
    jne open_driver.bad
    mov bx, [arp_handle]
    mov ah, 5
    call driver
    jc open_driver.bad
    SAY no_more_driver
    mov ax, 0x4c00
    int 0x21

; Upcalls: a buffer for CX bytes, then the packet in it.  There is one; a packet that finds it full is lost, and asked for once more.
receiver:
    test ax, ax
    jnz .copied
    cmp byte [cs:received], FREE
    jne .refuse
    cmp cx, 1514
    ja .refuse
    push cs
    pop es
    mov di, packet
    retf
.refuse:
    xor di, di
    mov es, di
    retf
.copied:
    mov [cs:packet_size], cx
    mov byte [cs:received], WAITS
    retf

close_driver:
    mov ah, 24
    mov bx, [ip_handle]
    call driver
    jc open_driver.bad
    push ds
    pop es
    push cs
    pop ds
    push dword [es:si]
    push dword [es:si + 4]
    mov eax, [es:si + 16]
    or eax, [es:si + 20]
    mov [errors], eax
    SAY packets
    pop eax
    pop ebx
    push eax
    mov eax, ebx
    call print_number
    SAY in_text
    pop eax
    call print_number
    SAY out_text
    cmp dword [errors], 0
    jne open_driver.bad
    mov bx, [ip_handle]
    call release
    jc open_driver.bad
    mov bx, [arp_handle]
    call release
    jc open_driver.bad
    mov word [ip_handle], 0
    ret

send:                                   ; CX bytes of `frame`; the answer has the buffer
    mov byte [received], FREE
    mov si, frame
    mov ah, 4
    call driver
    jc open_driver.bad
    ret

%include "tests/guests/dos-ip.inc"

; --- DHCP ---
dhcp:
    mov word [from_port], WIRE(68)
    mov word [to_port], WIRE(67)
    mov byte [retries], 5
.discover:
    mov si, discover
    mov bl, 2                           ; OFFER
    call dhcp_exchange
    jc .again
    mov eax, [packet + YIADDR]
    mov [request.address], eax
    mov al, 54
    call dhcp_option
    jc .again
    mov eax, [si]
    mov [request.server], eax
    mov si, request
    mov bl, 5                           ; ACK
    call dhcp_exchange
    jc .again
    mov eax, [packet + YIADDR]
    mov [my_ip], eax
    mov eax, [request.server]
    mov [to_ip], eax
    SAY address_is
    mov si, my_ip
    call print_ip
    SAY server_is
    mov si, to_ip
    call print_ip
    SAY line
    ret
.again:
    dec byte [retries]
    jnz .discover
    mov dx, no_dhcp
    jmp give_up

; Options at SI behind a byte with their size go out; CF: no answer of kind BL.
dhcp_exchange:
    push si
    mov di, frame + PAYLOAD
    xor al, al
    mov cx, 300
    rep stosb
    mov dword [frame + PAYLOAD], 0x00060101
    mov dword [frame + PAYLOAD + 4], 0x7972726f      ; the transaction
    mov si, my_mac
    mov di, frame + CHADDR
    call copy_mac
    mov dword [frame + COOKIE], 0x63538263
    pop si
    lodsb
    movzx cx, al
    mov di, frame + OPTIONS
    rep movsb
    mov cx, 300
    push bx
    call send_udp
    pop bx
.answer:
    push bx
    call next_udp
    pop bx
    jc .end
    cmp byte [packet + PAYLOAD], 2
    jne .answer
    cmp dword [packet + PAYLOAD + 4], 0x7972726f
    jne .answer
    mov al, 53
    call dhcp_option
    jc .answer
    cmp [si], bl
    jne .answer
    clc
.end:
    ret

; Option AL of `packet`: SI; CF: it is not there.
dhcp_option:
    mov si, packet + OPTIONS
    mov di, packet
    add di, [packet_size]
    mov ah, al
.look:
    cmp si, di
    jae .none
    lodsb
    test al, al
    jz .look
    cmp al, 255
    je .none
    cmp al, ah
    lodsb                               ; its size; leaves the flags
    je .found
    movzx cx, al
    add si, cx
    jmp .look
.found:
    clc
    ret
.none:
    stc
    ret

; --- ARP: who has the server's address ---
ask_server:
    mov byte [retries], 5
.ask:
    mov di, frame
    mov eax, 0xffffffff
    stosd
    stosw
    mov si, my_mac
    call copy_mac
    mov si, arp_request
    mov cx, 5
    rep movsw
    mov si, my_mac
    call copy_mac
    mov eax, [my_ip]
    stosd
    xor eax, eax
    stosd
    stosw
    mov eax, [to_ip]
    stosd
    mov cx, 42
    call send
.answer:
    call next_packet
    jc .again
    cmp word [packet + ETH_TYPE], TYPE_ARP
    jne .answer
    mov eax, [packet + ARP + 14]
    cmp eax, [to_ip]
    jne .answer
    mov si, packet + ARP + 8
    mov di, to_mac
    call copy_mac
    SAY server_mac
    mov si, to_mac
    call print_mac
    SAY line
    ret
.again:
    dec byte [retries]
    jnz .ask
    mov dx, no_arp
    jmp give_up

; --- ICMP: an echo of bytes that all differ from their neighbours ---
echo:
    mov byte [retries], 5
.send:
    mov dword [frame + ICMP], 8
    mov dword [frame + ICMP + 4], 0x01004f4f
    mov di, frame + ICMP + 8
    mov cx, ECHO_BYTES
    mov al, 7
.byte:
    stosb
    add al, 101
    loop .byte
    mov si, frame + ICMP
    mov cx, ECHO_BYTES + 8
    call sum
    not ax
    mov [frame + ICMP + 2], ax
    mov cx, ECHO_BYTES + 8
    mov al, PROTO_ICMP
    call make_ip
    call send
.answer:
    call next_packet
    jc .again
    cmp word [packet + ETH_TYPE], TYPE_IP
    jne .answer
    cmp byte [packet + IP_PROTO], PROTO_ICMP
    jne .answer
    cmp byte [packet + ICMP], 0
    jne .answer
    mov si, packet + ICMP
    mov cx, ECHO_BYTES + 8
    call sum
    cmp ax, 0xffff
    jne .answer
    mov si, packet + ICMP + 4
    mov di, frame + ICMP + 4
    mov cx, ECHO_BYTES + 4
    repe cmpsb
    jne .answer
    SAY echoed
    ret
.again:
    dec byte [retries]
    jnz .send
    mov dx, no_echo
    jmp give_up

; --- TFTP: the file's blocks to DOS ---
fetch:
    mov ah, 0x3c
    xor cx, cx
    mov dx, name
    int 0x21
    jc .no_file
    mov [file], ax
    mov word [from_port], WIRE(2069)
    mov byte [retries], 5
.request:
    mov word [to_port], WIRE(69)
    mov di, frame + PAYLOAD
    mov ax, WIRE(1)
    stosw
    mov si, name
    mov cx, [name_size]
    rep movsb
    mov si, octet
    mov cx, 6
    rep movsb
    jmp .send
.acknowledge:
    mov ax, [packet + UDP_FROM]
    mov [to_port], ax
.acknowledge_again:
    mov word [frame + PAYLOAD], WIRE(4)
    mov ax, [block]
    xchg al, ah
    mov [frame + PAYLOAD + 2], ax
    mov di, frame + PAYLOAD + 4
.send:
    mov cx, di
    sub cx, frame + PAYLOAD
    call send_udp
    cmp byte [at_end], 0
    jne .done
.answer:
    call next_udp
    jc .again
    cmp word [packet + PAYLOAD], WIRE(3)
    jne .error
    mov ax, [packet + PAYLOAD + 2]
    xchg al, ah
    mov bx, [block]
    inc bx
    cmp ax, bx
    jne .answer
    mov [block], ax
    mov byte [retries], 5
    mov cx, [packet + UDP_SIZE]
    xchg cl, ch
    sub cx, 12
    movzx eax, cx
    add [size], eax
    cmp cx, 512
    je .whole
    mov byte [at_end], 1
.whole:
    call add_to_checksum
    mov ah, 0x40
    mov bx, [file]
    mov dx, packet + PAYLOAD + 4
    int 0x21
    jc .no_file
    cmp ax, cx
    jne .no_file
    jmp .acknowledge
.again:
    dec byte [retries]
    jz .silent
    cmp word [block], 0
    je .request
    jmp .acknowledge_again
.done:
    mov ah, 0x3e
    mov bx, [file]
    int 0x21
    jc .no_file
    SAY fetched
    mov eax, [size]
    call print_number
    SAY checksum_is
    mov eax, [checksum]
    call print_number
    SAY line
    ret
.error:
    SAY refused
    mov si, packet + PAYLOAD + 4
    mov cx, 60
.letter:
    lodsb
    test al, al
    jz .told
    call print_letter
    loop .letter
.told:
    mov dx, line
    jmp give_up
.silent:
    mov dx, no_tftp
    jmp give_up
.no_file:
    mov dx, no_file
    jmp give_up

; The sum of bytes, each multiplied by its place, from 1, in 32 bits.
add_to_checksum:
    push cx
    mov si, packet + PAYLOAD + 4
    jcxz .end
.byte:
    inc dword [place]
    movzx eax, byte [si]
    imul eax, [place]
    add [checksum], eax
    inc si
    loop .byte
.end:
    pop cx
    ret

file_name:
    mov si, 0x81
    mov di, name
.blank:
    lodsb
    cmp al, ' '
    je .blank
.letter:
    cmp al, ' '
    jbe .end
    stosb
    lodsb
    jmp .letter
.end:
    xor al, al
    stosb
    sub di, name
    mov [name_size], di
    cmp di, 1
    mov dx, usage
    je give_up
    ret

print_ip:                               ; of SI
    mov cx, 4
.byte:
    movzx eax, byte [si]
    inc si
    call print_number
    cmp cx, 1
    je .end
    mov al, '.'
    call print_letter
    loop .byte
.end:
    ret
print_mac:
    mov cx, 6
.byte:
    lodsb
    call print_hex
    mov al, ':'
    cmp cx, 1
    je .end
    call print_letter
    loop .byte
.end:
    ret
%include "tests/guests/dos-print.inc"

signature: db "PKT DRVR", 0
type_ip:   db 0x08, 0x00
type_arp:  db 0x08, 0x06
arp_request: db 8, 6, 0, 1, 8, 0, 6, 4, 0, 1
discover:  db 4, 53, 1, 1, 255
request:   db 16, 53, 1, 3, 50, 4
.address:  dd 0
           db 54, 4
.server:   dd 0
           db 255
octet:     db "octet", 0
my_ip:     dd 0
to_ip:     dd 0xffffffff
to_mac:    times 6 db 0xff

blank:     db " $"
no_more_driver: db "The driver has ended.", 13, 10, "$"
usage:     db "NETWORK FILE fetches a file by TFTP.", 13, 10, "$"
no_driver: db "There is no packet driver at INT 60h to 80h.", 13, 10, "$"
bad_driver: db 13, 10, "The packet driver does not do what it should.", 13, 10, "$"
driver_is: db "Packet driver $"
address_is: db "DHCP: our address $"
server_is: db ", server $"
server_mac: db "ARP: the server is $"
echoed:    db "ICMP: 1000 bytes came back as they went", 13, 10, "$"
fetched:   db "TFTP: bytes $"
checksum_is: db ", sum $"
packets:   db "Packets: $"
in_text:   db " in, $"
out_text:  db " out"
line:      db 13, 10, "$"
well:      db "The network is well.", 13, 10, "$"
no_dhcp:   db "DHCP: no address comes.", 13, 10, "$"
no_arp:    db "ARP: the server does not answer.", 13, 10, "$"
no_echo:   db "ICMP: no echo comes.", 13, 10, "$"
no_tftp:   db "TFTP: the server falls silent.", 13, 10, "$"
refused:   db "TFTP: $"
no_file:   db "The file cannot be written.", 13, 10, "$"

    section .bss
bss:
driver_entry: resd 1
ip_handle: resw 1
arp_handle: resw 1
received:  resb 1
retries:   resb 1
at_end:    resb 1
           resb 1
packet_size: resw 1
from_port: resw 1
to_port:   resw 1
identification: resw 1
block:     resw 1
file:      resw 1
name_size: resw 1
size:      resd 1
place:     resd 1
checksum:  resd 1
errors:    resd 1
my_mac:    resb 6
name:      resb 130
frame:     resb 1600
packet:    resb 1600
bss_end:
