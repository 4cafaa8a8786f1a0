/* WAV files: what is in them, and that they are whole at any time.  "Waveform Audio File Format". */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cpu/base/bits.h"
#include "devices/sound/wav.h"
#include "tests/unit/devices/bench.h"
#include "tests/unit/room.h"

static char path[64];
static struct error err;
static u8 bytes[2000000];

static struct wav *create(void)
{
    snprintf(path, sizeof path, "%s/wav-%d", test_place(), (int)getpid());
    struct wav *w = wav_create(path, 48000, "sound: waveout", &err);
    cr_assert(w, "%s", err.text);
    return w;
}

static size_t contents(void)
{
    FILE *f = fopen(path, "rb");
    cr_assert(f);
    size_t size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    return size;
}

static void teardown(void) { unlink(path); }
TestSuite(wav, .fini = teardown);

Test(wav, a_file_has_its_header_and_its_samples)
{
    static const s16 frames[] = { 1, -2, 0x1234, -32768 };
    struct wav *w = create();

    wav_put(w, frames, 2);
    wav_close(w);
    cr_assert_eq(contents(), 44 + 8);
    cr_expect_arr_eq(bytes, "RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\1\0\2\0\x80\xbb\0\0\0\xee\2\0\4\0\x10\0data\10\0\0\0\1\0\xfe\xff\x34\x12\0\x80", 52);
}

Test(wav, silence_is_zeros_also_at_the_end)
{
    static const s16 frame[] = { 7, 7 };
    struct wav *w = create();

    wav_put(w, frame, 1);
    wav_silence(w, 100);
    wav_put(w, frame, 1);
    wav_silence(w, 1000);
    wav_close(w);
    cr_assert_eq(contents(), 44 + 1102 * 4);
    cr_expect_eq(get32(bytes + 40), 1102 * 4);
    cr_expect_eq(get16(bytes + 44 + 101 * 4), 7);
    cr_expect_eq(get16(bytes + 44 + 102 * 4), 0);
}

Test(wav, the_file_is_whole_after_every_second)
{
    static s16 second[48000][2];
    struct wav *w = create();

    memset(second, 5, sizeof second);
    wav_put(w, second[0], 48000);
    cr_expect_eq(contents(), 44 + 48000 * 4, "before it is closed");
    cr_expect_eq(get32(bytes + 40), 48000 * 4);
    cr_expect_eq(get32(bytes + 4), 36 + 48000 * 4);
    wav_close(w);
}

Test(wav, a_file_ends_at_4_GiB)
{
    struct stat st;
    struct wav *w = create();

    wav_silence(w, 1ull << 40);
    wav_silence(w, 10);
    wav_close(w);
    cr_assert_eq(stat(path, &st), 0);
    cr_expect_leq((u64)st.st_size, 0xffffffffull);
    cr_expect_gt((u64)st.st_size, 0xfffffff0ull - 44);
    cr_expect_eq(contents() > 44 ? get32(bytes + 40) : 0, (u32)st.st_size - 44);
}

Test(wav, a_place_where_nothing_can_be_created_is_said)
{
    cr_expect_null(wav_create("/nowhere/x.wav", 48000, "sound: waveout", &err));
    cr_expect(strstr(err.text, "sound: waveout: \"/nowhere/x.wav\": cannot be created"), "%s", err.text);
}
