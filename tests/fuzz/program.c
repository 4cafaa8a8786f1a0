/* A small Multiboot kernel with symbols, lines and frames: what readers of programs are given to begin with.  doc: fuzz */
__attribute__((section(".multiboot"), used)) static const unsigned header[] = { 0x1badb002, 3, -(0x1badb002u + 3) };

__attribute__((noinline)) static int sum(const int *of, int count)
{
    int all = 0;

    for (int i = 0; i < count; i++) all += of[i];
    return all;
}

static volatile int numbers[] = { 1, 2, 3, 4 };

void _start(void)
{
    numbers[0] = sum((const int *)numbers, 4);
    for (;;) __asm__ volatile("hlt");
}
