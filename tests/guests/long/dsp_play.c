/* dsp_play DEVICE BITS CHANNELS HZ: plays standard input by OSS, both volumes at 80 of 100.  Freestanding, for an initial RAM disk. */
enum { SYS_exit = 1, SYS_read = 3, SYS_write = 4, SYS_open = 5, SYS_ioctl = 54, WRITE_ONLY = 1, U8 = 8, S16_LE = 16 };
enum { SNDCTL_DSP_SYNC = 0x5001, SNDCTL_DSP_SPEED = (int)0xc0045002, SNDCTL_DSP_SETFMT = (int)0xc0045005, SNDCTL_DSP_CHANNELS = (int)0xc0045006,
       MIXER_WRITE_VOLUME = (int)0xc0044d00, MIXER_WRITE_PCM = (int)0xc0044d04 };

static int call(int number, int a, int b, int c)
{
    int result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
    return result;
}

static int number(const char *text)
{
    int n = 0;
    while (*text >= '0' && *text <= '9') n = n * 10 + *text++ - '0';
    return n;
}

static int control(int file, int request, int value) { return call(SYS_ioctl, file, request, (int)&value); }

int play(char **arguments)
{
    static char bytes[16384];
    int dsp = call(SYS_open, (int)arguments[1], WRITE_ONLY, 0), mixer = call(SYS_open, (int)"/dev/mixer", WRITE_ONLY, 0), size;

    if (dsp < 0) return 1;
    control(mixer, MIXER_WRITE_VOLUME, 80 << 8 | 80);
    control(mixer, MIXER_WRITE_PCM, 80 << 8 | 80);
    if (control(dsp, SNDCTL_DSP_SETFMT, number(arguments[2]) == 8 ? U8 : S16_LE) < 0) return 2;
    if (control(dsp, SNDCTL_DSP_CHANNELS, number(arguments[3])) < 0 || control(dsp, SNDCTL_DSP_SPEED, number(arguments[4])) < 0) return 3;
    while ((size = call(SYS_read, 0, (int)bytes, sizeof bytes)) > 0)
        for (int at = 0; at < size;) {
            int done = call(SYS_write, dsp, (int)bytes + at, size - at);
            if (done <= 0) return 4;
            at += done;
        }
    return call(SYS_ioctl, dsp, SNDCTL_DSP_SYNC, 0) < 0 ? 5 : 0;
}

__asm__(".globl _start\n_start:\n lea 4(%esp), %eax\n push %eax\n call play\n mov %eax, %ebx\n mov $1, %eax\n int $0x80");
