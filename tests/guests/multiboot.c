/* A kernel with both Multiboot headers, made for one of them: -DVERSION=1 or 2.  It says on port E9h what it was told, and spins. */
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#if VERSION == 1
__attribute__((section(".header"), used)) static const u32 header[] = { 0x1badb002, 3, -(0x1badb002u + 3) };
#else
__attribute__((section(".header"), aligned(8), used)) static const u32 header[] = {
    0xe85250d6, 0, 48, -(0xe85250d6u + 48), 1 /* information: memory map, RSDP */, 16, 6, 14, 0, 8, 0, 8 };
#endif
static u32 zeros[64];                    /* its .bss, over what the loader must clear */

static void out(unsigned short port, u8 v) { __asm__ volatile("outb %0,%1" : : "a"(v), "Nd"(port)); }
static void say(const char *s) { while (*s) out(0xe9, (u8)*s++); }
static void say_bytes(u32 first, u32 end) { while (first < end) out(0xe9, *(u8 *)first++); }
static void say_number(u64 v) { for (int i = 60; i >= 0; i -= 4) if (!i || v >> i) out(0xe9, (u8)"0123456789abcdef"[v >> i & 15]); }
static void say_entry(u64 base, u64 length, u32 type)
{
    say("\nmap "), say_number(base), say(" "), say_number(length), say(" "), say_number(type);
}

static void tell_1(const u32 *info)
{
    say("loader "), say((const char *)info[16]), say("\ncmdline "), say((const char *)info[4]);
    say("\nmemory "), say_number(info[1]), say(" "), say_number(info[2]);
    for (u32 n = 0; n < info[5]; n++) {
        const u32 *m = (const u32 *)info[6] + n * 4;
        say("\nmodule "), say((const char *)m[2]), say(": "), say_bytes(m[0], m[1]);
    }
    for (u32 at = info[12]; at < info[12] + info[11]; at += *(u32 *)at + 4) say_entry(*(u64 *)(at + 4), *(u64 *)(at + 12), *(u32 *)(at + 20));
}

static void tell_2(const u32 *info)
{
    for (const u32 *t = info + 2; t[0]; t += (t[1] + 7) / 8 * 2) {
        if (t[0] == 1) say("\ncmdline "), say((const char *)(t + 2));
        if (t[0] == 2) say("\nloader "), say((const char *)(t + 2));
        if (t[0] == 3) say("\nmodule "), say((const char *)(t + 4)), say(": "), say_bytes(t[2], t[3]);
        if (t[0] == 4) say("\nmemory "), say_number(t[2]), say(" "), say_number(t[3]);
        if (t[0] == 6) for (u32 at = (u32)(t + 4); at < (u32)t + t[1]; at += t[2]) say_entry(*(u64 *)at, *(u64 *)(at + 8), *(u32 *)(at + 16));
        if (t[0] == 14) say("\nrsdp "), say_bytes((u32)(t + 2), (u32)(t + 4));
    }
}

__attribute__((used)) void kernel(u32 magic, const u32 *info)
{
    u32 sum = 0, cr0;

    for (u32 i = 0; i < 64; i++) sum |= zeros[i];
    __asm__ volatile("movl %%cr0,%0" : "=r"(cr0));
    if (magic == 0x2badb002) tell_1(info);
    if (magic == 0x36d76289) tell_2(info);
    say(sum || (cr0 & 0x80000001) != 1 ? "\nBAD STATE\n" : "\nTOLD\n");
    for (;;) {}
}
__attribute__((naked, section(".text.start"), used)) void _start(void) { __asm__("movl $stack_end,%esp\n\tpushl %ebx\n\tpushl %eax\n\tcall kernel"); }
__asm__(".bss\n\t.zero 4096\nstack_end:\n\t.text");
