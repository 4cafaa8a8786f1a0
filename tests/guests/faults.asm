; A kernel that does wrong in as many ways as it can, in real, protected, virtual-8086 and 64-bit mode; tests/guests/faults.sh asks why of each.
; CASE says what it ends with: 0 the exit port, 1 to 4 a triple fault in that mode.
%ifndef CASE
%define CASE 0
%endif
STACK   equ 0x7000
USTACK  equ 0x6000
bits 16
org 0x7c00
start:  xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, STACK
        mov ax, 0x0200 + 24             ; the rest of the program, behind the boot sector
        mov bx, 0x7e00
        mov cx, 2
        mov dh, 0
        int 0x13
        jmp 0:real

; Where the name of a case lies stands at 7F0h; the handler of whatever comes goes on behind END.
TITLE   equ 0x7f0
%macro BEGIN 1
%push case
%if __BITS__ == 16
        mov dword [TITLE], %$title
        mov word [resume], %$end
        jmp %$go
%elif __BITS__ == 32
        mov dword [TITLE], %$title
        mov dword [resume], %$end
        jmp %$go
%else
        mov dword [TITLE], %$title
        mov qword [resume], %$end
        jmp %$go
%endif
%$title: db %1, 0
%$go:
%endmacro
%macro END 0
%$end:
%pop
%endmacro
; The rest of the case runs at CPL 3, or in virtual-8086 mode.
%macro USER 0
        push dword UDATA + 3
        push dword USTACK
        push dword 2
        push dword UCODE + 3
        push dword %$user
        iretd
%$user:
%endmacro
%macro V86 1                            ; EFLAGS without VM
        push dword 0
        push dword 0
        push dword 0
        push dword 0
        push dword 0
        push dword USTACK
        push dword 0x20000 | %1
        push dword 0
        push dword %$v86
        iretd
bits 16
%$v86:
%endmacro

times 510 - ($ - $$) db 0
dw 0xaa55

; --- real-address mode ---
caught16: xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, STACK
        clts
        cld
        jmp [resume]

real:   mov cx, 32
        xor di, di
.vectors: mov word [di], caught16
        mov word [di + 2], 0
        add di, 4
        loop .vectors
        mov eax, cr0
        or eax, 0x20                    ; NE
        mov cr0, eax

BEGIN "real: DIV by 0"
        xor bx, bx
        div bx
END
BEGIN "real: IDIV whose quotient does not fit"
        mov dx, 0x7fff
        mov bx, 1
        idiv bx
END
BEGIN "real: AAM 0"
        aam 0
END
BEGIN "real: INT1"
        db 0xf1
END
BEGIN "real: INT3"
        int3
END
BEGIN "real: INTO"
        mov al, 0x7f
        add al, 1
        into
END
BEGIN "real: BOUND"
        mov ax, 5
        bound ax, [bounds]
END
BEGIN "real: UD2"
        ud2
END
BEGIN "real: LLDT"
        lldt ax
END
BEGIN "real: LOCK NOP"
        db 0xf0, 0x90
END
BEGIN "real: MOV to CS"
        db 0x8e, 0xc8
END
BEGIN "real: WAIT with CR0.TS and CR0.MP"
        mov eax, cr0
        or al, 0xa
        mov cr0, eax
        fwait
END
BEGIN "real: FLD1 with CR0.TS"
        mov eax, cr0
        or al, 8
        mov cr0, eax
        fld1
END
BEGIN "real: x87 divides by 0, unmasked"
        fninit
        fldcw [unmasked]
        fld1
        fldz
        fdivp
        fwait
END
        fninit
BEGIN "real: a word at offset FFFFh of DS"
        mov bx, 0xffff
        mov ax, [bx]
END
BEGIN "real: a word at offset FFFFh of SS"
        mov bp, 0xffff
        mov ax, [bp]
END
BEGIN "real: 16 prefixes"
        times 16 db 0x66
        nop
END
BEGIN "real: JMP beyond the limit of CS"
        mov eax, 0x12345
        jmp eax
END
BEGIN "real: INT beyond the IDT's limit"
        lidt [short_ivt]
        int 0x80
END
        lidt [ivt]
%if CASE == 1
        lidt [no_idt]
        int3
%endif

; --- protected mode ---
        cli
        lgdt [gdtr]
        mov di, idt_table
        mov cx, 32
.gates: mov word [di], caught32
        mov word [di + 2], CODE
        mov word [di + 4], 0x8e00
        mov word [di + 6], 0
        add di, 8
        loop .gates
        lidt [idtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp CODE:protected

bits 32
caught32: mov ax, DSEL
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, STACK
        push dword 2
        popfd
        xor eax, eax
        mov dr7, eax
        mov dr6, eax
        mov eax, cr0
        and eax, ~0x4000e               ; AM TS EM MP
        mov cr0, eax
        jmp [resume]

protected:
        mov ax, DSEL
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, STACK
        mov ax, TSS
        ltr ax

BEGIN "protected: DIV by 0"
        xor ebx, ebx
        div ebx
END
BEGIN "protected: INT3"
        int3
END
BEGIN "protected: INTO"
        mov al, 0x7f
        add al, 1
        into
END
BEGIN "protected: BOUND"
        mov ax, 5
        bound ax, [bounds]
END
BEGIN "protected: single step"
        pushfd
        or dword [esp], 0x100
        popfd
        nop
END
BEGIN "protected: data breakpoint of DR0"
        mov eax, bounds
        mov dr0, eax
        mov eax, 0x000d0001
        mov dr7, eax
        mov [bounds + 8], eax
        mov [bounds], dword 0x00010000
END
BEGIN "protected: DR7 with DR7.GD"
        mov eax, 0x2000
        mov dr7, eax
        mov eax, dr7
END
BEGIN "protected: UD2"
        ud2
END
BEGIN "protected: FLD1 with CR0.EM"
        mov eax, cr0
        or al, 4
        mov cr0, eax
        fld1
END
BEGIN "protected: beyond the limit of DS"
        mov ax, SMALL
        mov ds, ax
        mov eax, [0x2000]
END
BEGIN "protected: through a null selector"
        xor eax, eax
        mov es, ax
        mov eax, [es:0x1000]
END
BEGIN "protected: a store to a read-only segment"
        mov ax, READONLY
        mov es, ax
        mov [es:0x1000], eax
END
BEGIN "protected: a load from an execute-only segment"
        jmp EXECONLY:.there
.there: mov eax, [cs:0x1000]
END
BEGIN "protected: a selector beyond the GDT"
        mov ax, 0x1000
        mov ds, ax
END
BEGIN "protected: DS with a system descriptor"
        mov ax, TSS
        mov ds, ax
END
BEGIN "protected: DS that is not present"
        mov ax, NODATA
        mov ds, ax
END
BEGIN "protected: SS with a null selector"
        xor eax, eax
        mov ss, ax
END
BEGIN "protected: SS with RPL 3"
        mov ax, DSEL + 3
        mov ss, ax
END
BEGIN "protected: SS with a read-only segment"
        mov ax, READONLY
        mov ss, ax
END
BEGIN "protected: SS with DPL 3"
        mov ax, UDATA
        mov ss, ax
END
BEGIN "protected: SS that is not present"
        mov ax, NODATA
        mov ss, ax
END
BEGIN "protected: beyond the limit of SS"
        mov ax, SMALL
        mov ss, ax
        mov esp, 0x700
        mov ebp, 0x2000
        mov eax, [ebp]
END
BEGIN "protected: far JMP to a null selector"
        jmp 0:0x1000
END
BEGIN "protected: far JMP to data"
        jmp DSEL:0x1000
END
BEGIN "protected: far JMP to code of DPL 3"
        jmp UCODE:0x1000
END
BEGIN "protected: far JMP to code that is not present"
        jmp NOCODE:0x1000
END
BEGIN "protected: far JMP to a TSS that is busy"
        jmp TSS:0
END
BEGIN "protected: far JMP to a TSS that is too short"
        jmp SHORT_TSS:0
END
BEGIN "protected: far JMP to a TSS that is not present"
        jmp NO_TSS:0
END
BEGIN "protected: a task whose DS lies beyond the GDT"
        jmp BAD_TSS:0
END
        mov byte [gdt + TSS + 5], 0x89
        mov ax, TSS
        ltr ax
BEGIN "protected: LTR of a TSS that is busy"
        mov ax, TSS
        ltr ax
END
BEGIN "protected: LLDT of no LDT"
        mov ax, DSEL
        lldt ax
END
BEGIN "protected: INT whose gate is not present"
        int 0x20
END
BEGIN "protected: INT whose gate is none"
        int 0x21
END
BEGIN "protected: INT beyond the IDT's limit"
        int 0x80
END
BEGIN "protected: IRET to a null selector"
        push dword 2
        push dword 0
        push dword 0
        iretd
END
BEGIN "protected: CR0 with PG and without PE"
        mov eax, 0x80000000
        mov cr0, eax
END
BEGIN "protected: CR4 with a reserved bit"
        mov eax, 0x80000000
        mov cr4, eax
END
BEGIN "protected: RDMSR of an MSR that does not exist"
        mov ecx, 0x12345
        rdmsr
END
BEGIN "protected: CLI at CPL 3"
        USER
        cli
END
BEGIN "protected: HLT at CPL 3"
        USER
        hlt
END
BEGIN "protected: IN at CPL 3"
        USER
        in al, 0x21
END
BEGIN "protected: MOV to CR3 at CPL 3"
        USER
        mov cr3, eax
END
BEGIN "protected: INT at CPL 3 through a gate of DPL 0"
        USER
        int 0x22
END
BEGIN "protected: a dword at an odd address with alignment checks"
        mov eax, cr0
        or eax, 0x40000
        mov cr0, eax
        USER
        mov ax, UDATA + 3
        mov ds, ax
        pushfd
        or dword [esp], 0x40000
        popfd
        mov eax, [0x1001]
END
; paging: 4 MiB as they are but for some pages, 4 MiB that set a reserved bit
        mov edi, 0x21000
        mov eax, 7
        mov ecx, 1024
.pages: stosd
        add eax, 0x1000
        loop .pages
        mov dword [0x21000 + 0x300 * 4], 0
        mov dword [0x21000 + 0x301 * 4], 0x301005
        mov dword [0x21000 + 0x302 * 4], 0x302003
        mov dword [0x20000], 0x21007
        mov dword [0x20004], 0x00600087
        mov eax, cr4
        or al, 0x10
        mov cr4, eax
        mov eax, 0x20000
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80010000
        mov cr0, eax
BEGIN "protected: a load from a page that is not present"
        mov eax, [0x300004]
END
BEGIN "protected: a store to a page that is read-only, with CR0.WP"
        mov [0x301004], eax
END
BEGIN "protected: a reserved bit in a page-directory entry"
        mov eax, [0x400000]
END
BEGIN "protected: a page of the supervisor at CPL 3"
        USER
        mov ax, UDATA + 3
        mov ds, ax
        mov eax, [0x302004]
END
BEGIN "protected: a double fault"
        mov byte [idt_table + 13 * 8 + 5], 0x0e    ; #GP's gate is not present
        xor eax, eax
        mov es, ax
        mov eax, [es:0]
END
        mov byte [idt_table + 13 * 8 + 5], 0x8e
%if CASE == 2
        lidt [no_idt]
        ud2
%endif

; --- virtual-8086 mode ---
BEGIN "V86: DIV by 0"
        V86 0x3000
        xor bx, bx
        div bx
bits 32
END
BEGIN "V86: UD2"
        V86 0x3000
        ud2
bits 32
END
BEGIN "V86: a word at offset FFFFh of DS"
        V86 0x3000
        mov bx, 0xffff
        mov ax, [bx]
bits 32
END
BEGIN "V86: a word at offset FFFFh of SS"
        V86 0x3000
        mov bp, 0xffff
        mov ax, [bp]
bits 32
END
BEGIN "V86: CLI with IOPL 0"
        V86 0
        cli
bits 32
END
BEGIN "V86: INT with IOPL 0"
        V86 0
        int 0x22
bits 32
END
BEGIN "V86: INT with IOPL 3 through a gate of DPL 0"
        V86 0x3000
        int 0x22
bits 32
END
BEGIN "V86: OUT that the TSS does not permit"
        V86 0x3000
        out 0x21, al
bits 32
END
BEGIN "V86: HLT"
        V86 0x3000
        hlt
bits 32
END
BEGIN "V86: MOV from CR0"
        V86 0x3000
        mov eax, cr0
bits 32
END
BEGIN "V86: LLDT"
        V86 0x3000
        lldt ax
bits 32
END
BEGIN "V86: a page that is not present"
        mov dword [0x21000 + 0x50 * 4], 0
        V86 0x3000
        mov ax, 0x5000
        mov ds, ax
        mov al, [0]
bits 32
END
%if CASE == 3
        lidt [no_idt]
BEGIN "V86: no IDT"
        V86 0x3000
        ud2
bits 32
END
%endif

; --- 64-bit mode ---
        mov eax, cr0
        and eax, 0x7fffffff
        mov cr0, eax
        mov edi, 0x30000
        mov ecx, 0x3000 / 4
        xor eax, eax
        rep stosd
        mov dword [0x30000], 0x31007
        mov dword [0x31000], 0x32007
        mov dword [0x32000], 0x87       ; 2 MiB as they are
        mov dword [0x32008], 0x200087   ; and 2 MiB whose code is not to run
        mov dword [0x3200c], 0x80000000
        mov eax, cr4
        or eax, 0x620                   ; PAE OSFXSR OSXMMEXCPT
        mov cr4, eax
        mov eax, 0x30000
        mov cr3, eax
        mov ecx, 0xc0000080
        rdmsr
        or eax, 0x900                   ; LME NXE
        wrmsr
        mov edi, idt_table
        mov ecx, 32
.gates: mov dword [edi], (CODE64 << 16) + caught64
        mov dword [edi + 4], 0x8e00
        mov dword [edi + 8], 0
        mov dword [edi + 12], 0
        add edi, 16
        loop .gates
        mov dword [idtr + 2], idt_table
        mov word [idtr], 32 * 16 - 1
        lidt [idtr]
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        jmp CODE64:long_mode

bits 64
caught64: mov ax, DSEL
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, STACK
        push 2
        popfq
        mov rax, cr0
        and eax, ~0x4000e
        mov cr0, rax
        jmp [resume]

long_mode: mov ax, DSEL
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, STACK
        mov rbx, 0x8000_0000_0000

BEGIN "64-bit: DIV by 0"
        xor ecx, ecx
        div rcx
END
BEGIN "64-bit: INT3"
        int3
END
BEGIN "64-bit: PUSH ES"
        db 0x06
END
BEGIN "64-bit: an address that is not canonical"
        mov eax, [rbx]
END
BEGIN "64-bit: of the stack"
        mov rbp, rbx
        mov rax, [rbp]
END
BEGIN "64-bit: JMP to it"
        jmp rbx
END
BEGIN "64-bit: a page that is not present"
        mov eax, [0x400000]
END
BEGIN "64-bit: a fetch from a page that is not to be executed"
        mov eax, 0x200000
        jmp rax
END
BEGIN "64-bit: far JMP to code with L and D"
        push BOTH
        push 0x1000
        retfq
END
BEGIN "64-bit: far RET to a null selector"
        push 0
        push 0
        retfq
END
BEGIN "64-bit: IRETQ to data"
        push DSEL
        push STACK
        push 2
        push DSEL
        push 0
        iretq
END
BEGIN "64-bit: MOVAPS of an odd address"
        movaps xmm0, [0x1001]
END
BEGIN "64-bit: WRMSR of EFER with a reserved bit"
        mov ecx, 0xc0000080
        rdmsr
        or edx, 1
        wrmsr
END
BEGIN "64-bit: SSE divides by 0, unmasked"
        mov dword [rsp - 8], 0x1d80
        ldmxcsr [rsp - 8]
        mov eax, 1
        cvtsi2ss xmm0, eax
        xorps xmm1, xmm1
        divss xmm0, xmm1
END
BEGIN "64-bit: LDMXCSR of a reserved bit"
        mov dword [rsp - 8], 0x80000000
        ldmxcsr [rsp - 8]
END
BEGIN "64-bit: x87 divides by 0, unmasked"
        fninit
        fldcw [unmasked]
        fld1
        fldz
        fdivp
        fwait
END
        fninit
BEGIN "64-bit: SSE with CR0.EM"
        mov rax, cr0
        or al, 4
        mov cr0, rax
        xorps xmm0, xmm0
END
BEGIN "64-bit: SSE with CR0.TS"
        mov rax, cr0
        or al, 8
        mov cr0, rax
        xorps xmm0, xmm0
END
BEGIN "64-bit: CR0 without PG"
        mov rax, cr0
        btr eax, 31
        mov cr0, rax
END
BEGIN "64-bit: INT beyond the IDT's limit"
        int 0x80
END
%if CASE == 4
        lidt [no_idt]
        ud2
%endif
        xor eax, eax
        out 0xf4, al                    ; status 1

align 8
gdt:    dq 0
CODE    equ $ - gdt
        dq 0x00cf9b000000ffff
DSEL    equ $ - gdt
        dq 0x00cf93000000ffff
UCODE   equ $ - gdt
        dq 0x00cffb000000ffff
UDATA   equ $ - gdt
        dq 0x00cff3000000ffff
READONLY equ $ - gdt
        dq 0x00cf91000000ffff
EXECONLY equ $ - gdt
        dq 0x00cf99000000ffff
SMALL   equ $ - gdt
        dq 0x0040930000000fff
NODATA  equ $ - gdt
        dq 0x00cf13000000ffff
NOCODE  equ $ - gdt
        dq 0x00cf1b000000ffff
CODE64  equ $ - gdt
        dq 0x00af9b000000ffff
BOTH    equ $ - gdt
        dq 0x00ef9b000000ffff
TSS     equ $ - gdt
        dw 0x67, tss, 0x8900, 0
SHORT_TSS equ $ - gdt
        dw 0x20, tss, 0x8900, 0
NO_TSS  equ $ - gdt
        dw 0x67, tss, 0x0900, 0
BAD_TSS equ $ - gdt
        dw 0x67, bad_tss, 0x8900, 0
gdtr:   dw $ - gdt - 1
        dd gdt
ivt:    dw 0x3ff
        dd 0
short_ivt: dw 32 * 4 - 1
        dd 0
no_idt: dw 0
        dq 0
idtr:   dw 0x23 * 8 - 1
        dd idt_table
bounds: dw 0, 1
        dd 0, 0
unmasked: dw 0x037b
resume: dq 0
align 16
tss:    dd 0, STACK, DSEL
        times 22 dd 0
        dw 0, 104
bad_tss: dd 0
        times 7 dd 0
        dd caught32, 2
        dd 0, 0, 0, 0, STACK, 0, 0, 0
        dd DSEL, CODE, DSEL, 0x1000, DSEL, DSEL, 0
        dw 0, 104
align 16
idt_table:    times 32 dq 0
        dw caught32, CODE, 0x0e00, 0    ; 20h: not present
        dw caught32, CODE, 0x8000, 0    ; 21h: no gate
        dw caught32, CODE, 0x8e00, 0    ; 22h: DPL 0
        times 512 db 0
times 512 * 25 - ($ - $$) db 0
