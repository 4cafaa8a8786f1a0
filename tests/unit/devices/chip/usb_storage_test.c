/* A USB stick.  USB Mass Storage Class, Bulk-Only Transport 1.0; SPC-2, SBC. */
#include "cpu/base/bits.h"
#include "devices/chip/usb_storage.h"
#include "devices/storage/disk_image.h"
#include "tests/unit/devices/chip/usb_fixture.h"

enum { SECTORS = 64, PACKET = 64, IN = 1, OUT = 2, PASSED = 0, FAILED = 1, PHASE_ERROR = 2 };

static u8 medium[SECTORS * 512], bytes[8192];
static struct usb_storage stick;
static struct disk_image *image;
static unsigned toggle_out;

static void setup(void)
{
    for (unsigned i = 0; i < sizeof medium; i++) medium[i] = (u8)(i * 7 + i / 512);
    image = disk_image_open_memory(medium, sizeof medium);
    usb_storage_init(&stick, image, false);
    toggle_out = 0;
    cr_assert_eq(usb_control(&stick.device, TO_DEVICE, SET_CONFIGURATION, 1, 0, 0, NULL), 0);
}

static void teardown(void)
{
    cr_expect_null(usb_storage_invariant(&stick));
    disk_image_close(image);
}
TestSuite(usb_storage, .init = setup, .fini = teardown);

static enum usb_answer send(const void *from, unsigned size)
{
    enum usb_answer answer = usb_out(&stick.device, USB_PID_OUT, OUT, toggle_out, from, size);
    if (answer == USB_ACK) toggle_out ^= 1;
    return answer;
}

static void clear_halt(unsigned endpoint)
{
    cr_assert_eq(usb_control(&stick.device, TO_ENDPOINT, CLEAR_FEATURE, 0, (u16)endpoint, 0, NULL), 0);
    if (endpoint == OUT) toggle_out = 0;
}

static enum usb_answer wrapper(u32 length, bool in, const u8 *block, unsigned size)
{
    u8 b[31] = { 'U', 'S', 'B', 'C', 1, 2, 3, 4 };

    put32(b + 8, length);
    b[12] = in ? 0x80 : 0;
    b[14] = (u8)size;
    memcpy(b + 15, block, size);
    return send(b, sizeof b);
}

/* The status wrapper; what it says of residue in *residue. */
static unsigned status(u32 *residue)
{
    u8 b[64];
    unsigned n = sizeof b;

    cr_assert_eq(usb_in(&stick.device, IN, b, &n, NULL), USB_ACK);
    cr_assert_eq(n, 13);
    cr_assert_arr_eq(b, "USBS\1\2\3\4", 8);
    *residue = get32(b + 8);
    return b[12];
}

/* A command whose data comes in; a STALL ends the data.  Bytes that came. */
static unsigned command_in(u32 length, const u8 *block, unsigned size, unsigned *passed, u32 *residue)
{
    unsigned got = 0, n;

    cr_assert_eq(wrapper(length, true, block, size), USB_ACK);
    while (got < length) {
        n = PACKET;
        enum usb_answer answer = usb_in(&stick.device, IN, bytes + got, &n, NULL);
        if (answer == USB_STALL) {
            clear_halt(0x80 | IN);
            break;
        }
        cr_assert_eq(answer, USB_ACK);
        got += n;
        if (n < PACKET) break;
    }
    *passed = status(residue);
    return got;
}
#define BLOCK(...) (const u8[]){ __VA_ARGS__ }, sizeof (const u8[]){ __VA_ARGS__ }

static u8 sense(void)
{
    unsigned passed;
    u32 residue;

    cr_expect_eq(command_in(18, BLOCK(3, 0, 0, 0, 18, 0), &passed, &residue), 18);
    return bytes[2] << 4 | (bytes[12] & 15);
}

Test(usb_storage, inquiry_capacity_and_ready_are_answered)
{
    unsigned passed;
    u32 residue;

    cr_expect_eq(command_in(36, BLOCK(0x12, 0, 0, 0, 36, 0), &passed, &residue), 36);
    cr_expect_eq(passed, PASSED);
    cr_expect_eq(bytes[0], 0);
    cr_expect_eq(bytes[1], 0x80, "removable");
    cr_expect_arr_eq(bytes + 8, "Orrery", 6);
    cr_expect_eq(command_in(8, BLOCK(0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0), &passed, &residue), 8);
    cr_expect_eq(bytes[3], SECTORS - 1);
    cr_expect_eq(bytes[6], 2, "512 bytes");
    cr_expect_eq(command_in(0, BLOCK(0, 0, 0, 0, 0, 0), &passed, &residue), 0);
    cr_expect_eq(passed, PASSED);
    cr_expect_eq(residue, 0);
    cr_expect_eq(usb_control(&stick.device, CLASS_IN, 0xfe, 0, 0, 1, bytes), 1);
    cr_expect_eq(bytes[0], 0, "one LUN");
}

Test(usb_storage, sectors_are_read_and_written)
{
    unsigned passed;
    u32 residue;
    u8 two[1024];

    cr_expect_eq(command_in(1024, BLOCK(0x28, 0, 0, 0, 0, 3, 0, 0, 2, 0), &passed, &residue), 1024);
    cr_expect_eq(passed, PASSED);
    cr_expect_arr_eq(bytes, medium + 3 * 512, 1024);
    for (unsigned i = 0; i < sizeof two; i++) two[i] = (u8)~i;
    cr_expect_eq(wrapper(1024, false, BLOCK(0x2a, 0, 0, 0, 0, 62, 0, 0, 2, 0)), USB_ACK);
    for (unsigned at = 0; at < 1024; at += PACKET) cr_expect_eq(send(two + at, PACKET), USB_ACK);
    cr_expect_eq(status(&residue), PASSED);
    cr_expect_eq(residue, 0);
    cr_expect(disk_image_read(image, 62, 2, bytes));
    cr_expect_arr_eq(bytes, two, 1024);
}

Test(usb_storage, a_packet_that_comes_again_is_acknowledged_and_dropped)             /* "Data Toggle Synchronization and Retry" */
{
    u8 data[PACKET];
    u32 residue;

    memset(data, 1, sizeof data);
    wrapper(512, false, BLOCK(0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0));
    for (unsigned i = 0; i < 8; i++) {
        send(data, PACKET);
        toggle_out ^= 1;
        cr_expect_eq(send(data, PACKET), USB_ACK, "the same toggle");
        toggle_out ^= 1;
        toggle_out ^= 1;
    }
    cr_expect_eq(status(&residue), PASSED);
}

Test(usb_storage, a_command_that_fails_stalls_its_data_and_has_sense)                 /* "Hn < Di", "REQUEST SENSE" */
{
    unsigned passed;
    u32 residue;

    cr_expect_eq(command_in(512, BLOCK(0x28, 0, 0, 0, 0, SECTORS, 0, 0, 1, 0), &passed, &residue), 0);
    cr_expect_eq(passed, FAILED);
    cr_expect_eq(residue, 512);
    cr_expect_eq(sense(), 5 << 4 | 1, "LBA out of range: 21h");
    cr_expect_eq(sense(), 0, "it is told once");
    cr_expect_eq(command_in(0, BLOCK(0xff, 0, 0, 0, 0, 0), &passed, &residue), 0);
    cr_expect_eq(passed, FAILED);
    cr_expect_eq(sense(), 5 << 4);
}

Test(usb_storage, less_than_the_host_wanted_leaves_a_residue)                         /* case 5, "Hi > Di" */
{
    unsigned passed;
    u32 residue;

    cr_expect_eq(command_in(255, BLOCK(0x12, 0, 0, 0, 255, 0), &passed, &residue), 36);
    cr_expect_eq(passed, PASSED);
    cr_expect_eq(residue, 255 - 36);
    cr_expect_eq(command_in(1024, BLOCK(0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0), &passed, &residue), 512, "then a STALL");
    cr_expect_eq(residue, 512);
}

Test(usb_storage, more_or_the_other_way_is_a_phase_error)                            /* cases 7, 8, 10, 13 */
{
    unsigned passed;
    u32 residue;

    cr_expect_eq(command_in(512, BLOCK(0x28, 0, 0, 0, 0, 0, 0, 0, 2, 0), &passed, &residue), 512);
    cr_expect_eq(passed, PHASE_ERROR);
    cr_expect_eq(command_in(512, BLOCK(0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0), &passed, &residue), 0);
    cr_expect_eq(passed, PHASE_ERROR);
    wrapper(512, false, BLOCK(0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0));
    cr_expect_eq(send(bytes, PACKET), USB_STALL);
    clear_halt(OUT);
    cr_expect_eq(status(&residue), PHASE_ERROR);
    cr_expect(disk_image_read(image, 0, 1, bytes));
    cr_expect_arr_eq(bytes, medium, 512, "nothing was written");
}

Test(usb_storage, what_is_no_wrapper_stalls_until_a_reset)                           /* "Reset Recovery" */
{
    unsigned n = PACKET, passed;
    u32 residue;

    cr_expect_eq(send("nonsense", 8), USB_STALL);
    clear_halt(OUT);
    clear_halt(0x80 | IN);
    cr_expect_eq(usb_in(&stick.device, IN, bytes, &n, NULL), USB_STALL, "a cleared halt is not enough");
    cr_expect_eq(usb_control(&stick.device, CLASS_OUT, 0xff, 0, 0, 0, NULL), 0);
    clear_halt(OUT);
    clear_halt(0x80 | IN);
    command_in(0, BLOCK(0, 0, 0, 0, 0, 0), &passed, &residue);
    cr_expect_eq(passed, PASSED);
}

Test(usb_storage, a_write_protected_medium_says_so)
{
    unsigned passed;
    u32 residue;

    stick.read_only = true;
    command_in(192, BLOCK(0x1a, 0, 0x3f, 0, 192, 0), &passed, &residue);
    cr_expect_eq(bytes[2], 0x80);
    wrapper(512, false, BLOCK(0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0));
    cr_expect_eq(send(bytes, PACKET), USB_STALL);
    clear_halt(OUT);
    cr_expect_eq(status(&residue), FAILED);
    cr_expect_eq(sense(), (u8)(7 << 4 | 7), "27h");
}

Test(usb_storage, a_stopped_unit_has_no_medium)
{
    unsigned passed;
    u32 residue;

    command_in(0, BLOCK(0x1b, 0, 0, 0, 2, 0), &passed, &residue);
    cr_expect_eq(passed, PASSED);
    command_in(0, BLOCK(0, 0, 0, 0, 0, 0), &passed, &residue);
    cr_expect_eq(passed, FAILED);
    cr_expect_eq(sense(), 2 << 4 | 10, "3Ah");
    command_in(0, BLOCK(0x1b, 0, 0, 0, 1, 0), &passed, &residue);
    command_in(0, BLOCK(0, 0, 0, 0, 0, 0), &passed, &residue);
    cr_expect_eq(passed, PASSED);
}

static bool somebody_helps(void *board, const char *sentence)
{
    (void)sentence;
    ++*(unsigned *)board;
    return true;
}

Test(usb_storage, a_sector_that_waits_for_the_host_makes_the_packet_come_again)
{
    unsigned said = 0;
    u32 residue;
    u8 block[PACKET];

    disk_image_on_failure(image, somebody_helps, &said);
    disk_image_limit_volatile(image, 0);
    memset(block, 0x5a, sizeof block);
    cr_assert_eq(wrapper(512, false, BLOCK(0x2a, 0, 0, 0, 0, 9, 0, 0, 1, 0)), USB_ACK);
    for (unsigned i = 0; i < 7; i++) cr_assert_eq(send(block, PACKET), USB_ACK);
    cr_expect_eq(send(block, PACKET), USB_NAK);
    cr_expect_eq(send(block, PACKET), USB_NAK);
    cr_expect_eq(said, 2);
    disk_image_limit_volatile(image, 1 << 20);
    cr_expect_eq(send(block, PACKET), USB_ACK);
    cr_expect_eq(status(&residue), PASSED);
    cr_expect_eq(residue, 0);
    cr_assert(disk_image_read(image, 9, 1, bytes));
    cr_expect(bytes[0] == 0x5a && bytes[511] == 0x5a);
}
