# The list of operation forms, read off the bodies of cpu/ops by the preprocessor: one OP_FORM(name) a body and width.
$(BUILD)/gen/op_forms.h: $(wildcard cpu/ops/*.inc) cpu/ops/list.h cpu/build.mk
	@mkdir -p $(@D)
	$(CC) -E -P -I. -x c cpu/ops/list.h | grep -o 'ORRERY_FORM_[A-Za-z0-9_]*' | \
	    sed 's/ORRERY_FORM_\(.*\)/OP_FORM(\1)/' > $@.new
	mv $@.new $@
# Those of the fast instance, apart by whether the name says that memory or the stack is used; then those that come without flags too.
$(BUILD)/gen/hot_forms.h: cpu/ops/hot_list.h
$(BUILD)/gen/flag_setters_forms.h: cpu/ops/flag_setters_list.h
$(BUILD)/gen/x87_stack_forms.h: cpu/ops/x87_stack_list.h
$(BUILD)/gen/sse4_forms.h: cpu/ops/sse4_list.h
$(BUILD)/gen/mmx_forms.h: cpu/ops/mmx_list.h
FAST_FORMS := $(patsubst %,$(BUILD)/gen/%_forms.h,hot flag_setters x87_stack sse4 mmx)
$(FAST_FORMS): $(wildcard cpu/ops/*.inc) cpu/build.mk
	@mkdir -p $(@D)
	$(CC) -E -P -I. -x c $(@:$(BUILD)/gen/%_forms.h=cpu/ops/%_list.h) | grep -o 'ORRERY_FORM_[A-Za-z0-9_]*' | sed 's/ORRERY_FORM_//' | \
	    sed -E 's/^UNSIZED_(.*_M(_[0-9]+)?)$$/FAST_MEMORY(\1, ANY)/; t; s/^UNSIZED_(.*)$$/FAST_PLAIN(\1, ANY)/; t; s/^((.*_[MO]|(PUSH|POP|CALL|RET|LEAVE)(_.*)?|MOVS|STOS|LODS|CMPS|SCAS)(_.*)?_[0-9]+)$$/FAST_MEMORY(\1)/; t width; s/(.*)/FAST_PLAIN(\1)/; :width; s/_([0-9]+)\)$$/_\1, \1)/' > $@.new
	mv $@.new $@
$(LIB_OBJ): | $(BUILD)/gen/op_forms.h $(FAST_FORMS)

# Handlers must end in jumps: no function split in two, and nothing at its start that a call would need.  Each begins a line of the host's
# cache: without that a kernel of x87 code runs at half its speed in one build and not in the next.
FAST_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(wildcard cpu/run/fast*.c))
FAST_WITH = $(if $(filter loop,$(DISPATCH)),$(CC),$(FAST_CC))
# gcc on an x86-64 host: a handler need save no register for its caller, because fast_enter does.  Files in which every function is a handler.
HANDLER_OBJ := $(patsubst %,$(BUILD)/cpu/run/fast_%.o,based64 far32 far64 flat32 flat32_nf flat32x flat32x_nf flat64 flat64_nf flat64x flat64x_nf known plain plain_nf segment sequence32 sequence64 \
               special_flat32 special_flat32x special_flat32x_nf special_flat64 special_flat64x special_flat64x_nf special_plain special_plain_nf x87)
ifeq ($(DISPATCH)$(findstring clang,$(FAST_WITH))$(filter x86_64%,$(shell $(CC) -dumpmachine)),tailx86_64-linux-gnu)
$(FAST_OBJ): CFLAGS_ALL += -DFAST_ENTER=1
$(HANDLER_OBJ): CFLAGS_ALL += $(patsubst %,-fcall-used-%,rbx r12 r13 r14 r15)
endif
$(FAST_OBJ): $(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(FAST_WITH) $(CFLAGS_ALL) -fno-stack-protector -fcf-protection=none -falign-functions=64 $(if $(findstring clang,$(FAST_WITH)),,-fno-partial-inlining -fno-ipa-icf) -c -o $@ $<

# The switch under sanitizers takes gcc minutes and gigabytes to optimise.
$(BUILD)/cpu/run/exact.o: CFLAGS_ALL += $(if $(SAN),-O0)
# So do sequences.  Their steps are the bodies of other files, where what C leaves undefined is looked for.
$(BUILD)/cpu/run/fast_sequence32.o $(BUILD)/cpu/run/fast_sequence64.o: CFLAGS_ALL += $(if $(SAN),-O1 -fno-sanitize=undefined)
