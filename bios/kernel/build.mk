# The kernel loader: $(BUILD)/bios/kernel.bin, an option ROM of 4 KiB.
KERNEL_LOADER_OBJ := $(BUILD)/bios/kernel/loader.c.o $(BUILD)/bios/kernel/entry.S.o

bios: $(BUILD)/bios/kernel.bin

$(BUILD)/bios/kernel/%.c.o: bios/kernel/%.c
	@mkdir -p $(@D)
	$(GUEST_CC) $(GUEST_CFLAGS) -I. -MMD -MP -c -o $@ $<

$(BUILD)/bios/kernel/entry.S.o: bios/kernel/entry.S
	@mkdir -p $(@D)
	$(GUEST_CC) -m16 -c -o $@ $<

$(BUILD)/bios/kernel.elf: $(KERNEL_LOADER_OBJ) bios/kernel/kernel.ld
	ld -m elf_i386 -T bios/kernel/kernel.ld -o $@ $(KERNEL_LOADER_OBJ)

$(BUILD)/bios/kernel.bin: $(BUILD)/bios/kernel.elf $(BUILD)/bios/rom_checksum
	objcopy -O binary -j .code $(BUILD)/bios/kernel.elf $@.raw
	$(BUILD)/bios/rom_checksum $@.raw $@ 4096

-include $(KERNEL_LOADER_OBJ:.o=.d)
