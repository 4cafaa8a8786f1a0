# Guest code: the BIOSes and the demo disk, 16-bit i386, made with gcc and nasm into $(BUILD)/bios.
GUEST_CC     ?= gcc
GUEST_CFLAGS := -m16 -march=i386 -Os -std=gnu11 -Wall -Wextra -ffreestanding -fno-pic -fno-pie -mregparm=3 -fomit-frame-pointer -fno-stack-protector \
                -fcf-protection=none -fno-asynchronous-unwind-tables -fno-jump-tables -fno-tree-switch-conversion -fno-delete-null-pointer-checks \
                -mpreferred-stack-boundary=2 -fno-builtin -fno-strict-aliasing -mgeneral-regs-only
SYSTEM_BIOS_SRC := $(wildcard bios/system/*.c) bios/system/entry.S bios/system/acpi.S bios/system/pci_routing.S bios/system/plug_and_play.S bios/system/bios32.S bios/system/apm.S
SYSTEM_BIOS_OBJ := $(SYSTEM_BIOS_SRC:%=$(BUILD)/%.o)

all: bios
bios: $(BUILD)/bios/system.bin $(BUILD)/bios/vga.bin $(BUILD)/bios/demo.img
.PHONY: bios

$(BUILD)/bios/system/%.c.o: bios/system/%.c
	@mkdir -p $(@D)
	$(GUEST_CC) $(GUEST_CFLAGS) -MMD -MP -c -o $@ $<

# What protected-mode programs call.
$(BUILD)/bios/system/%32.c.o: bios/system/%32.c
	@mkdir -p $(@D)
	$(GUEST_CC) $(filter-out -m16,$(GUEST_CFLAGS)) -m32 -MMD -MP -c -o $@ $<

$(BUILD)/bios/system/bios32.S.o: bios/system/bios32.S
	$(GUEST_CC) -m32 -c -o $@ $<

$(BUILD)/bios/system/apm.S.o: bios/system/apm.S
	$(GUEST_CC) -m16 -c -o $@ $<

# The lower half of the VGA BIOS's font, a byte a line, is also at F000:FA6E.
$(BUILD)/bios/system/font8x8_low.inc: $(BUILD)/bios/vga/font8x8.inc
	@mkdir -p $(@D)
	head -n 1024 $< > $@.part && mv $@.part $@

$(BUILD)/bios/system/entry.S.o: bios/system/entry.S $(BUILD)/bios/system/font8x8_low.inc
	$(GUEST_CC) -m16 -Wa,--divide -Wa,-I$(BUILD)/bios/system -c -o $@ $<

$(BUILD)/bios/system/dsdt.aml: bios/system/dsdt.asl
	@mkdir -p $(@D)
	iasl -vi -vr -vs -p $@ $< > $@.log || { cat $@.log; exit 1; }

$(BUILD)/bios/system/acpi.S.o: bios/system/acpi.S $(BUILD)/bios/system/dsdt.aml
	$(GUEST_CC) -m16 -Wa,-I$(BUILD) -c -o $@ $<

$(BUILD)/bios/system/pci_routing.S.o: bios/system/pci_routing.S
	$(GUEST_CC) -m16 -c -o $@ $<

$(BUILD)/bios/system/plug_and_play.S.o: bios/system/plug_and_play.S
	$(GUEST_CC) -m16 -c -o $@ $<

$(BUILD)/bios/system.elf: $(SYSTEM_BIOS_OBJ) bios/system/system.ld
	ld -m elf_i386 -T bios/system/system.ld -o $@ $(SYSTEM_BIOS_OBJ)

$(BUILD)/bios/rom_checksum: bios/rom_checksum.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -Wall -Wextra -O1 -o $@ $<

$(BUILD)/bios/system.bin: $(BUILD)/bios/system.elf $(BUILD)/bios/rom_checksum
	objcopy -O binary $(BUILD)/bios/system.elf $@.raw
	$(BUILD)/bios/rom_checksum $@.raw $@ 65536

-include $(SYSTEM_BIOS_OBJ:.o=.d)
include bios/vga/build.mk bios/demo/build.mk bios/kernel/build.mk

# The images as bytes of the library.
LIB_OBJ += $(BUILD)/bios/images.o
$(BUILD)/bios/images.o: bios/images.S $(BUILD)/bios/vga/font8x16.inc $(BUILD)/bios/system.bin $(BUILD)/bios/vga.bin $(BUILD)/bios/demo.img $(BUILD)/bios/kernel.bin
	$(CC) -Wa,-I$(BUILD) -c -o $@ $<
