# The VGA BIOS: $(BUILD)/bios/vga.bin, 40 KiB, and the fonts as assembler bytes.
VGA_BIOS_SRC := $(wildcard bios/vga/*.c) bios/vga/header.S bios/vga/vbe_calls.S
VGA_BIOS_OBJ := $(VGA_BIOS_SRC:%=$(BUILD)/%.o)
VGA_FONTS    := $(addprefix $(BUILD)/bios/vga/,font8x8.inc font8x14.inc font8x16.inc alternates9x14.inc alternates9x16.inc)

bios: $(BUILD)/bios/vga.bin

$(BUILD)/bios/vga/font8x%.inc: bios/vga/font8x%.txt bios/vga/mkfont.awk
	@mkdir -p $(@D)
	awk -v height=$* -f bios/vga/mkfont.awk $< > $@.part && mv $@.part $@

$(BUILD)/bios/vga/alternates9x%.inc: bios/vga/alternates9x%.txt bios/vga/mkfont.awk
	@mkdir -p $(@D)
	awk -v height=$* -v alternates=1 -f bios/vga/mkfont.awk $< > $@.part && mv $@.part $@

$(BUILD)/bios/vga/%.c.o: bios/vga/%.c
	@mkdir -p $(@D)
	$(GUEST_CC) $(GUEST_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/bios/vga/header.S.o: bios/vga/header.S $(VGA_FONTS)
	$(GUEST_CC) -m16 -Wa,-I$(BUILD)/bios/vga -c -o $@ $<

$(BUILD)/bios/vga/vbe_calls.S.o: bios/vga/vbe_calls.S
	@mkdir -p $(@D)
	$(GUEST_CC) -m16 -c -o $@ $<

$(BUILD)/bios/vga.elf: $(VGA_BIOS_OBJ) bios/vga/vga.ld
	ld -m elf_i386 -T bios/vga/vga.ld -o $@ $(VGA_BIOS_OBJ)

$(BUILD)/bios/vga.bin: $(BUILD)/bios/vga.elf $(BUILD)/bios/rom_checksum
	objcopy -O binary -j .code $(BUILD)/bios/vga.elf $@.raw
	$(BUILD)/bios/rom_checksum $@.raw $@ 40960

-include $(VGA_BIOS_OBJ:.o=.d)
