# Orrery.  make | make run | make bench | make test | make test-long | make fuzz-libfuzzer | make fuzz-afl | make test SAN=1 | make HARD=1 | make lint | make analyze | make install DESTDIR= PREFIX=
ifeq ($(origin CC),default)
CC      := gcc
endif
OPT     ?= -O2
# How the fast instance goes from one handler to the next: a jump where the compiler makes one of a call in last place, or a loop.
DISPATCH ?= $(if $(SAN)$(filter -O0 -O1 -Og,$(OPT)),loop,tail)
# clang 19 gives handlers every register; gcc makes them a few instructions longer.
FAST_CC  ?= $(if $(filter gcc,$(CC)),$(or $(shell command -v clang-19),$(CC)),$(CC))
BUILD   ?= build$(if $(SAN),-san)$(if $(HARD),-hard)
PREFIX  ?= /usr/local
comma   := ,

# Against mistakes of ours: checked copies, canaries, addresses that differ from run to run, tables that are read-only before the program begins.
HARDENED = $(if $(SAN)$(filter -O0,$(OPT)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3) -fstack-protector-strong -fPIE
HARDENED_LINK = -Wl,-z,relro,-z,now,-z,noexecstack

CFLAGS_ALL = -std=gnu11 -D_GNU_SOURCE= -Wall -Wextra -g $(OPT) -fno-strict-aliasing $(HARDENED) -I. -I$(BUILD)/gen -MMD -MP \
             $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer) $(if $(HARD),-DHARD=1) $(if $(filter loop,$(DISPATCH)),-DDISPATCH_LOOP) $(CFLAGS)
LIBS     = $(HARDENED_LINK) -lSDL2 -lpng -lz -lzstd -lxxhash -lZydis -lseccomp -lm $(if $(NBD),-lnbd) $(if $(DWARF),-ldw -lelf) $(if $(EDIT),-ledit)
# qcow2, VMDK, VDI, VHD and VHDX images: optional.
NBD      := $(shell pkg-config --exists libnbd 2>/dev/null && echo yes)
$(if $(NBD),,$(info libnbd is not there: modes qcow2, vmware3, vmware4, vbox, vpc, vhdx and nbd are left out (apt install libnbd-dev)))
# Symbols and source lines of ELF programs: optional.
DWARF    := $(shell pkg-config --exists libelf libdw 2>/dev/null && echo yes)
$(if $(DWARF),,$(info libelf and libdw are not there: symbols are read from text files alone (apt install libelf-dev libdw-dev)))
# History and completion at the prompt: optional.
EDIT     := $(shell pkg-config --exists libedit 2>/dev/null && echo yes)
$(if $(EDIT),,$(info libedit is not there: the prompt has neither history nor completion (apt install libedit-dev)))
# Debian's packages for building and testing, and a file of each that tells whether it is there.
PACKAGES = gcc:/usr/bin/gcc pkg-config:/usr/bin/pkg-config libpng-dev:/usr/include/png.h zlib1g-dev:/usr/include/zlib.h libsdl2-dev:/usr/include/SDL2/SDL.h libxxhash-dev:/usr/include/xxhash.h libzstd-dev:/usr/include/zstd.h \
           libzydis-dev:/usr/include/Zydis/Zydis.h libseccomp-dev:/usr/include/seccomp.h libcriterion-dev:/usr/include/criterion/criterion.h acpica-tools:/usr/bin/iasl

# Guests and tools of single tests: a test whose package cannot be had is skipped with a line.
TEST_PACKAGES = libmpfr-dev:/usr/include/mpfr.h nasm:/usr/bin/nasm bochsbios:/usr/share/bochs/BIOS-bochs-legacy vgabios:/usr/share/vgabios/vgabios.bin seabios:/usr/share/seabios/bios.bin ipxe-qemu:/usr/lib/ipxe/qemu/pxe-e1000.rom grub-rescue-pc:/usr/lib/grub-rescue/grub-rescue-cdrom.iso syslinux:/usr/bin/syslinux \
           syslinux-common:/usr/lib/syslinux/modules/bios/menu.c32 isolinux:/usr/lib/ISOLINUX/isolinux.bin memtest86+:/boot/memtest86+ia32.bin ovmf:/usr/share/ovmf/OVMF.fd \
           genisoimage:/usr/bin/genisoimage mtools:/usr/bin/mcopy dosfstools:/usr/sbin/mkfs.fat xvfb:/usr/bin/Xvfb xdotool:/usr/bin/xdotool libnbd-dev:/usr/include/libnbd.h libelf-dev:/usr/include/gelf.h libdw-dev:/usr/include/elfutils/libdw.h libedit-dev:/usr/include/histedit.h gdb:/usr/bin/gdb qemu-utils:/usr/bin/qemu-nbd bximage:/usr/bin/bximage

# devices/machine.h and what it includes: a program that holds a machine builds with what `pkg-config --cflags --libs orrery` says.
PUBLIC_HEADERS = devices/machine.h devices/machine_config.h cpu/cpu.h cpu/system/features.inc cpu/base/types.h cpu/base/error.h cpu/base/state.h cpu/memory/physical.h

BENCH_PACKAGES = gcc-multilib:/usr/share/doc/gcc-multilib nasm:/usr/bin/nasm python3:/usr/bin/python3

LIB_SRC  := $(filter-out devices/storage/nbd$(if $(NBD),_absent).c,$(wildcard cpu/*.c cpu/*/*.c devices/*.c devices/*/*.c))
APP_SRC  := $(filter-out $(if $(DWARF),gui/debugger/program_absent.c,gui/debugger/program.c gui/debugger/program_frames.c gui/debugger/symbols_elf.c) gui/automation/line_$(if $(EDIT),plain,edit).c,$(wildcard gui/*.c gui/*/*.c config/*.c))
UNIT_SRC := $(shell find tests/unit -name '*.c' 2>/dev/null)
VECTOR_SRC := $(wildcard tests/vectors/*.c)
VECTOR_OPS_SRC := $(wildcard tests/vector/*.c)
ATOMIC_SRC := $(wildcard tests/atomic/*.c)
FLOAT_SRC := $(filter-out tests/float/transcendental.c,$(wildcard tests/float/*.c))
ORACLE_SRC := $(wildcard tests/oracle/*.c tests/oracle/*.S)
LENGTHS_SRC := $(wildcard tests/lengths/*.c) $(filter %/host.c %/host_extended.c %/ours.c %/data.c %/thunk.S,$(ORACLE_SRC))
LIB_OBJ  := $(LIB_SRC:%.c=$(BUILD)/%.o)
CPU_OBJ  := $(filter $(BUILD)/cpu/%,$(LIB_OBJ))
APP_OBJ  := $(APP_SRC:%.c=$(BUILD)/%.o)
UNIT_OBJ := $(UNIT_SRC:%.c=$(BUILD)/%.o)
VECTOR_OBJ := $(VECTOR_SRC:%.c=$(BUILD)/%.o)
ORACLE_OBJ := $(patsubst %,$(BUILD)/%.o,$(ORACLE_SRC))
LENGTHS_OBJ := $(patsubst %,$(BUILD)/%.o,$(LENGTHS_SRC))

all: $(BUILD)/orrery

include cpu/build.mk
include bios/build.mk
$(UNIT_OBJ) $(ORACLE_OBJ) $(LENGTHS_OBJ) $(VECTOR_OBJ) $(ATOMIC_SRC:%.c=$(BUILD)/%.o): | $(BUILD)/gen/op_forms.h

$(BUILD)/liborrery.a: $(LIB_OBJ)
	rm -f $@; ar rcs $@ $^

$(BUILD)/orrery: $(APP_OBJ) $(BUILD)/liborrery.a
	$(CC) $(CFLAGS_ALL) -pie -o $@ $(APP_OBJ) $(BUILD)/liborrery.a $(LIBS)

# Tests of displays and configuration want them too; main() is the test framework's.
UNIT_APP_OBJ := $(filter-out $(BUILD)/config/main.o,$(APP_OBJ))
$(BUILD)/unit: $(UNIT_OBJ) $(UNIT_APP_OBJ) $(BUILD)/liborrery.a
	$(CC) $(CFLAGS_ALL) -o $@ $(UNIT_OBJ) $(UNIT_APP_OBJ) $(BUILD)/liborrery.a $(LIBS) -lcriterion

$(BUILD)/vectors: $(VECTOR_OBJ) $(BUILD)/liborrery.a
	$(CC) $(CFLAGS_ALL) -o $@ $(VECTOR_OBJ) $(BUILD)/liborrery.a $(LIBS) -lz

# The software float against the host's own unit, and the transcendentals against MPFR where it is.
$(BUILD)/float: $(FLOAT_SRC:%.c=$(BUILD)/%.o) $(BUILD)/liborrery.a
	$(CC) $(CFLAGS_ALL) -o $@ $^ $(LIBS)

$(BUILD)/vector: $(VECTOR_OPS_SRC:%.c=$(BUILD)/%.o) $(BUILD)/liborrery.a
	$(CC) $(CFLAGS_ALL) -o $@ $^ $(LIBS)

$(BUILD)/transcendental: tests/float/transcendental.c $(BUILD)/liborrery.a
	$(CC) $(CFLAGS_ALL) -MF $@.d -o $@ $< $(BUILD)/liborrery.a $(LIBS) -lmpfr -lgmp

# Targets with one entry point each, and the plain driver.
FUZZ_OBJ := $(patsubst %,$(BUILD)/tests/fuzz/%.o,targets numbers operations hostile scenes scenes_isa devices whole bytes parsers kept images discs debugger snapshot program_bytes)
# The host's processor is asked, too, where it is one of ours, and no sanitizer is in the way: see $(BUILD)/oracle.
FUZZ_HOST := $(if $(SAN),,$(filter x86_64,$(shell uname -m)))
FUZZ_ORACLE_OBJ := $(if $(FUZZ_HOST),$(filter-out %/main.c.o %/selftest.c.o %/exhaust.c.o,$(ORACLE_OBJ)) $(BUILD)/tests/fuzz/oracle.o)
$(BUILD)/fuzz: $(patsubst %,$(BUILD)/tests/fuzz/%.o,plain findings mutate) $(FUZZ_OBJ) $(FUZZ_ORACLE_OBJ) $(UNIT_APP_OBJ) $(BUILD)/liborrery.a
	$(CC) $(CFLAGS_ALL) $(if $(FUZZ_HOST),-no-pie) -o $@ $^ $(LIBS)
$(if $(FUZZ_HOST),$(BUILD)/tests/fuzz/targets.o): CFLAGS_ALL += -DFUZZ_ORACLE

# In a build without sanitizers: the plain driver with sanitizers over all but the processor, which takes a compiler too long to be built so for every test.
WATCHED_OBJ := $(patsubst $(BUILD)/%,$(BUILD)/watched/%,$(filter-out $(CPU_OBJ) $(BUILD)/bios/%,$(LIB_OBJ)) $(UNIT_APP_OBJ) $(patsubst %,$(BUILD)/tests/fuzz/%.o,plain findings mutate) $(filter-out %/program_bytes.o,$(FUZZ_OBJ)))
$(BUILD)/fuzz-watched: $(WATCHED_OBJ) $(BUILD)/tests/fuzz/program_bytes.o $(CPU_OBJ) $(filter $(BUILD)/bios/%,$(LIB_OBJ))
	$(CC) $(CFLAGS_ALL) $(WATCH) -o $@ $^ $(LIBS)

WATCH = -O1 -Wno-maybe-uninitialized -Wno-format-truncation -U_FORTIFY_SOURCE -fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
$(BUILD)/watched/%.o: %.c | $(BUILD)/gen/op_forms.h
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(WATCH) -c -o $@ $<
$(BUILD)/watched/tests/fuzz/bytes.o: CFLAGS_ALL += -Itests/fuzz/without
-include $(WATCHED_OBJ:.o=.d)

# The same for drivers that see coverage.
# CPU_FROM=build takes the processor of that folder, without coverage or sanitizers: minutes instead of half an hour, for all targets but bytes.
COVERAGE_LIB := $(if $(CPU_FROM),$(filter-out $(CPU_OBJ),$(LIB_OBJ)) $(CPU_OBJ:$(BUILD)/%=$(CPU_FROM)/%),$(BUILD)/liborrery.a)
$(BUILD)/fuzz-coverage: $(BUILD)/tests/fuzz/coverage.o $(FUZZ_OBJ) $(UNIT_APP_OBJ) $(COVERAGE_LIB)
	$(CC) $(CFLAGS_ALL) $(FUZZ_LINK) -o $@ $^ $(LIBS)
COVERAGE_CPU = $(if $(CPU_FROM),DISPATCH=tail CPU_FROM=$(CPU_FROM))

FUZZ_CLANG := $(firstword $(foreach v,19 18 17 16 15 14,$(if $(wildcard /usr/lib/llvm-$(v)/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a),$(if $(shell command -v clang-$(v)),clang-$(v)))))
fuzz-libfuzzer:
	@$(if $(FUZZ_CLANG),,echo "fuzz-libfuzzer: clang with its run-time libraries is not there: apt install clang-19 libclang-rt-19-dev (or clang-14 libclang-rt-14-dev)"; exit 1)
	@$(MAKE) --no-print-directory -j2 $(COVERAGE_CPU) BUILD=build-libfuzzer SAN=1 OPT=-O1 CC=$(FUZZ_CLANG) CFLAGS='-fsanitize=fuzzer-no-link -DFUZZ_LIBFUZZER' FUZZ_LINK=-fsanitize=fuzzer build-libfuzzer/fuzz-coverage
	@echo 'build-libfuzzer/fuzz-coverage TARGET [OPTION...] CORPUS   (docs/internals/fuzz.md)'

fuzz-afl:
	@command -v afl-clang-fast > /dev/null || { echo "fuzz-afl: AFL++ is not there: apt install afl++"; exit 1; }
	@$(MAKE) --no-print-directory -j2 $(COVERAGE_CPU) BUILD=build-afl SAN=1 OPT=-O1 CC=afl-clang-fast build-afl/fuzz-coverage
	@echo 'AFL_SKIP_CPUFREQ=1 afl-fuzz -i SEEDS -o FINDINGS -- build-afl/fuzz-coverage TARGET   (docs/internals/fuzz.md)'

$(FUZZ_OBJ): | $(BUILD)/gen/op_forms.h
$(BUILD)/tests/fuzz/bytes.o: CFLAGS_ALL += -Itests/fuzz/without
$(BUILD)/tests/fuzz/program.elf: tests/fuzz/program.c
	@mkdir -p $(@D)
	gcc -m32 -g -O1 -ffreestanding -fno-pie -fno-stack-protector -nostdlib -static -no-pie -Wl,-z,noexecstack,-N,-Ttext=0x100000,--no-warn-rwx-segments -o $@ $<
$(BUILD)/tests/fuzz/program_bytes.o: tests/fuzz/program_bytes.S $(BUILD)/tests/fuzz/program.elf
	gcc -c -DPROGRAM='"$(BUILD)/tests/fuzz/program.elf"' -o $@ $<

$(BUILD)/atomic: $(ATOMIC_SRC:%.c=$(BUILD)/%.o) $(BUILD)/liborrery.a
	$(CC) $(CFLAGS_ALL) -o $@ $^ $(LIBS) -lcriterion

$(BUILD)/bench-kernels: tests/bench/bench.c $(BUILD)/liborrery.a
	$(CC) $(CFLAGS_ALL) -MF $@.d -o $@ $< $(BUILD)/liborrery.a $(LIBS)

$(BUILD)/bench-devices $(BUILD)/bench-cards: $(BUILD)/bench-%: tests/bench/%.c tests/bench/%_guest.S $(BUILD)/liborrery.a
	$(CC) $(CFLAGS_ALL) -MF $@.d -o $@ tests/bench/$*.c tests/bench/$*_guest.S $(BUILD)/liborrery.a $(LIBS)

# Cases jump between 64-bit and 32-bit code: the program lies below 4 GiB, no sanitizer watches its signal frames, and
# nothing asks for thread-local storage while FS is the case's.
$(BUILD)/oracle: $(ORACLE_OBJ) $(CPU_OBJ)
	$(CC) $(CFLAGS_ALL) -no-pie -o $@ $(ORACLE_OBJ) $(CPU_OBJ) $(LIBS)

$(BUILD)/lengths: $(LENGTHS_OBJ) $(CPU_OBJ)
	$(CC) $(CFLAGS_ALL) -no-pie -o $@ $(LENGTHS_OBJ) $(CPU_OBJ) $(LIBS)

$(BUILD)/tests/oracle/%.o: tests/oracle/%
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -fno-pie -fno-stack-protector -c -o $@ $<

$(BUILD)/tests/lengths/%.o: tests/lengths/%
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -fno-pie -fno-stack-protector -c -o $@ $<

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -c -o $@ $<

-include $(wildcard $(BUILD)/tests/fuzz/*.d) $(FLOAT_SRC:%.c=$(BUILD)/%.d) $(VECTOR_OPS_SRC:%.c=$(BUILD)/%.d) $(ATOMIC_SRC:%.c=$(BUILD)/%.d) $(LIB_OBJ:.o=.d) $(APP_OBJ:.o=.d) $(UNIT_OBJ:.o=.d) $(VECTOR_OBJ:.o=.d) $(ORACLE_OBJ:.o=.d) $(LENGTHS_OBJ:.o=.d)

deps:
	@tests/deps.sh $(PACKAGES)

run: deps
	@$(MAKE) --no-print-directory -j2 all
	$(BUILD)/orrery

test: deps
	-@tests/deps.sh $(TEST_PACKAGES)
	@$(MAKE) --no-print-directory -j2 $(BUILD)/orrery $(BUILD)/unit $(BUILD)/vectors $(BUILD)/fuzz $(if $(SAN),,$(BUILD)/fuzz-watched) $(BUILD)/atomic $(BUILD)/float $(BUILD)/vector $(if $(wildcard /usr/include/mpfr.h),$(BUILD)/transcendental) $(if $(SAN),,$(BUILD)/oracle $(BUILD)/lengths)
	@tests/run.sh $(BUILD)

test-long: test
	$(BUILD)/oracle 100000000 1
	$(BUILD)/float 2000000
	$(BUILD)/vector 1000
	$(BUILD)/oracle 8bit
	$(if $(FUZZ_HOST),$(BUILD)/fuzz oracle 20000000 -j 2)
	$(BUILD)/lengths
	$(BUILD)/atomic 27
	ORRERY_CUTS=10000 ORRERY_KILLS=500 $(BUILD)/unit -j2 --filter 'crash/*'
	sh tests/guests/kill.sh $(BUILD) 20
	@$(MAKE) --no-print-directory SAN=1 -j2 build-san/fuzz
	build-san/fuzz --replay tests/fuzz/scripts/*
	build-san/fuzz devices machine 50000000 -j 2
	build-san/fuzz parsers 1000000 -j 2
	build-san/fuzz snapshot vvfat panes bytes 1000000 -j 2
	build-san/fuzz stream 20000 -j 2
	sh tests/fuzz/planted.sh
	@$(MAKE) --no-print-directory analyze
	@for t in $(filter-out %/linux-cd.sh %-initrd.sh,$(wildcard tests/guests/long/*.sh)); do sh $$t $(BUILD); s=$$?; echo "$$t: status $$s"; [ $$s = 0 ] || [ $$s = 77 ] || exit 1; done

bench: deps
	-@tests/deps.sh $(BENCH_PACKAGES)
	@$(MAKE) --no-print-directory -j2 $(BUILD)/bench-kernels $(BUILD)/bench-cards $(BUILD)/orrery
	@mkdir -p $(BUILD)/bench
	@{ $(CC) --version; $(FAST_CC) --version; } | awk '/[0-9]\.[0-9]/ && !seen[$$0]++ { printf "%s%s", n++ ? "; " : "", $$0 }' > $(BUILD)/bench/compilers
	@python3 tests/bench/bench.py $(BUILD) $(foreach v,BENCH AGAINST ROUNDS BOCHS_ROUNDS BOCHS TIMEOUT DOC,$(if $($v),'$v=$($v)'))

lint:
	@tests/lint.sh $(BUILD)

# Three programs that read the source: see docs/internals/analysis.md.  The instances of the interpreter are functions of thousands of paths, on which none of the three ends.
ANALYZE_PACKAGES = gcc-12:/usr/bin/gcc-12 clang-tidy:/usr/bin/clang-tidy cppcheck:/usr/bin/cppcheck python3:/usr/bin/python3
ANALYZED := $(filter-out cpu/run/fast_%.c cpu/run/exact.c cpu/run/vector_float.c,$(LIB_SRC) $(APP_SRC))
ANALYSES := $(patsubst %.c,$(BUILD)/analyze/%.gcc,$(filter-out cpu/decode/tables.c,$(ANALYZED))) $(ANALYZED:%.c=$(BUILD)/analyze/%.tidy) $(BUILD)/analyze/cppcheck

analyze: deps
	@tests/deps.sh $(ANALYZE_PACKAGES)
	@$(MAKE) --no-print-directory -j2 $(BUILD)/orrery
	@$(MAKE) --no-print-directory -j2 $(ANALYSES)
	@python3 tests/analyze/judge.py tests/analyze/suppressions $(ANALYSES)

# Asked for each time: one.sh and all.sh know by the contents of files what has been read.
ANALYZE_ONE = @FLAGS='$(filter-out -MMD -MP,$(CFLAGS_ALL))' tests/analyze/one.sh $(1) $< $@
$(BUILD)/analyze/%.gcc: %.c always
	$(call ANALYZE_ONE,gcc)
$(BUILD)/analyze/%.tidy: %.c always
	$(call ANALYZE_ONE,tidy)

$(BUILD)/analyze/cppcheck: $(ANALYZED) always
	@FLAGS='-I. -I$(BUILD)/gen' tests/analyze/all.sh $@ $(ANALYZED)

install: all
	install -D $(BUILD)/orrery $(DESTDIR)$(PREFIX)/bin/orrery
	install -D -m 644 $(BUILD)/liborrery.a $(DESTDIR)$(PREFIX)/lib/liborrery.a
	for h in $(PUBLIC_HEADERS); do install -D -m 644 $$h $(DESTDIR)$(PREFIX)/include/orrery/$$h || exit 1; done
	@mkdir -p $(DESTDIR)$(PREFIX)/lib/pkgconfig
	@printf '%s\n' 'prefix=$(PREFIX)' 'Name: orrery' 'Description: a PC for programs to hold' 'Version: 0.1' 'Cflags: -I$${prefix}/include/orrery' \
	    'Libs: -L$${prefix}/lib -lorrery -lxxhash -lzstd -lseccomp -lm $(if $(NBD),-lnbd)' > $(DESTDIR)$(PREFIX)/lib/pkgconfig/orrery.pc
	install -D -m 644 bochsrc.sample $(DESTDIR)$(PREFIX)/share/orrery/bochsrc.sample
	install -D -m 644 LICENSE $(DESTDIR)$(PREFIX)/share/doc/orrery/copyright
	install -D -m 644 docs/man/orrery.1 $(DESTDIR)$(PREFIX)/share/man/man1/orrery.1

clean:
	rm -rf build build-*

.PHONY: all always deps run bench test test-long fuzz-libfuzzer fuzz-afl lint analyze install clean
