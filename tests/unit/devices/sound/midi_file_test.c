/* Standard MIDI files: "Standard MIDI Files 1.0". */
#include <stdio.h>
#include <unistd.h>

#include "devices/sound/midi_file.h"
#include "tests/unit/devices/bench.h"
#include "tests/unit/room.h"

static char path[64];
static struct error err;
static u8 bytes[5000];

static struct midi_file *create(bool raw)
{
    snprintf(path, sizeof path, "%s/midi-%d", test_place(), (int)getpid());
    struct midi_file *m = midi_file_create(path, raw, "sb16: midifile", &err);
    cr_assert(m, "%s", err.text);
    return m;
}

static size_t contents(void)
{
    FILE *f = fopen(path, "rb");
    cr_assert(f);
    size_t size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    return size;
}

static void put(struct midi_file *m, u64 ms, const char *text, unsigned size)
{
    for (unsigned i = 0; i < size; i++) midi_file_put(m, ms, (u8)text[i]);
}

static void teardown(void) { unlink(path); }
TestSuite(midi_file, .fini = teardown);

/* The track behind its length, which must be that of the rest of the file. */
static void expect_track(const char *want, size_t size)
{
    static const char header[] = "MThd\0\0\0\6\0\0\0\1\3\xe8MTrk";
    size_t whole = contents();

    cr_assert_eq(whole, 22 + size, "the file has %zu bytes", whole);
    cr_expect_arr_eq(bytes, header, 18);
    cr_expect_eq((size_t)bytes[20] << 8 | bytes[21], size);
    cr_expect_arr_eq(bytes + 22, want, size);
}
#define TEMPO "\0\xff\x51\3\x0f\x42\x40"
#define END "\0\xff\x2f\0"
#define EXPECT(text) expect_track(TEMPO text END, sizeof(TEMPO text END) - 1)

Test(midi_file, a_file_without_messages_is_one)
{
    struct midi_file *m = create(false);
    EXPECT("");
    midi_file_close(m);
    EXPECT("");
}

Test(midi_file, messages_have_their_moments_and_the_file_is_whole_after_each)
{
    struct midi_file *m = create(false);

    put(m, 100, "\x90\x40\x7f", 3);
    EXPECT("\x64\x90\x40\x7f");
    put(m, 1124, "\x80\x40\x00", 3);
    EXPECT("\x64\x90\x40\x7f\x88\x00\x80\x40\x00");
    midi_file_close(m);
    EXPECT("\x64\x90\x40\x7f\x88\x00\x80\x40\x00");
}

Test(midi_file, running_status_is_written_out)
{
    struct midi_file *m = create(false);

    put(m, 0, "\xc5\x07\x08\xe1\x01\x02", 6);
    midi_file_close(m);
    EXPECT("\0\xc5\x07" "\0\xc5\x08" "\0\xe1\x01\x02");
}

Test(midi_file, real_time_bytes_do_not_disturb_a_message)
{
    struct midi_file *m = create(false);

    put(m, 0, "\x90\xf8\x40\xfe\x7f\xf6\x11", 7);
    midi_file_close(m);
    EXPECT("\0\x90\x40\x7f");
}

Test(midi_file, a_system_exclusive_message_has_its_length)
{
    struct midi_file *m = create(false);

    put(m, 3, "\xf0\x41\x10\x42\xf7", 5);
    midi_file_close(m);
    EXPECT("\3\xf0\4\x41\x10\x42\xf7");
}

Test(midi_file, a_long_one_is_written_in_pieces)
{
    struct midi_file *m = create(false);

    midi_file_put(m, 0, 0xf0);
    for (unsigned i = 0; i < 1500; i++) midi_file_put(m, 0, 1);
    midi_file_put(m, 9, 0xf7);
    put(m, 9, "\x90\x01\x02", 3);
    midi_file_close(m);
    size_t size = contents();
    size_t second = 22 + 7 + 1 + 1 + 2 + 1024;
    cr_assert_eq(size, second + 1 + 1 + 2 + 477 + 4 + 4);
    cr_expect_arr_eq(bytes + 29, "\0\xf0\x88\0\1", 5);
    cr_expect_arr_eq(bytes + second, "\x09\xf7\x83\x5d\1", 5);
    cr_expect_arr_eq(bytes + size - 9, "\xf7\0\x90\1\2", 5);
}

Test(midi_file, raw_bytes_are_as_they_came)
{
    struct midi_file *m = create(true);

    put(m, 5, "\x90\xf8\x40", 3);
    cr_expect_eq(contents(), 3, "before it is closed");
    midi_file_close(m);
    cr_expect_arr_eq(bytes, "\x90\xf8\x40", 3);
}
