# The demo disk: $(BUILD)/bios/demo.img.
DEMO_SRC := bios/demo/start.S bios/demo/protected.S $(filter-out bios/demo/mkdisk.c,$(wildcard bios/demo/*.c))
DEMO_OBJ := $(DEMO_SRC:%=$(BUILD)/%.o)

$(BUILD)/bios/demo/%.c.o: bios/demo/%.c
	@mkdir -p $(@D)
	$(GUEST_CC) $(GUEST_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/bios/demo/%.S.o: bios/demo/%.S
	@mkdir -p $(@D)
	$(GUEST_CC) -m16 -Wa,--divide -c -o $@ $<

$(BUILD)/bios/demo/program.bin: $(DEMO_OBJ) bios/demo/demo.ld
	ld -m elf_i386 --no-warn-rwx-segments -T bios/demo/demo.ld -o $(@:.bin=.elf) $(DEMO_OBJ)
	objcopy -O binary -j .text -j .data $(@:.bin=.elf) $@

$(BUILD)/bios/demo/boot.bin: $(BUILD)/bios/demo/boot.S.o bios/demo/boot.ld
	ld -m elf_i386 -T bios/demo/boot.ld -o $(@:.bin=.elf) $<
	objcopy -O binary -j .text $(@:.bin=.elf) $@

$(BUILD)/bios/demo/mkdisk: bios/demo/mkdisk.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -Wall -Wextra -O1 -o $@ $<

$(BUILD)/bios/demo.img: $(BUILD)/bios/demo/mkdisk $(BUILD)/bios/demo/boot.bin $(BUILD)/bios/demo/program.bin bios/demo/README.TXT
	$(BUILD)/bios/demo/mkdisk $(BUILD)/bios/demo/boot.bin $(BUILD)/bios/demo/program.bin bios/demo/README.TXT $@

-include $(DEMO_OBJ:.o=.d)
