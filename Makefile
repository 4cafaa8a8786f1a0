# Orrery.  make | make run | make test | make test SAN=1 | make HARD=1 | make install DESTDIR= PREFIX=
CC      ?= gcc
ifeq ($(origin CC),default)
CC      := gcc
endif
OPT     ?= -O2
BUILD   ?= build$(if $(SAN),-san)$(if $(HARD),-hard)
PREFIX  ?= /usr/local
PKGS    := sdl2 libpng zydis libzstd libxxhash libseccomp

CFLAGS_ALL = -std=gnu11 -Wall -Wextra -g $(OPT) -I. -I$(BUILD)/gen -MMD -MP \
             $(if $(SAN),-fsanitize=address$(comma)undefined -fno-omit-frame-pointer) \
             $(if $(HARD),-DHARD=1) $(shell pkg-config --cflags $(PKGS) 2>/dev/null) $(CFLAGS)
comma   := ,
LIBS     = $(shell pkg-config --libs $(PKGS)) -lm -lpthread

LIB_SRC := $(wildcard cpu/*.c cpu/*/*.c devices/*.c devices/*/*.c)
APP_SRC := $(wildcard gui/*.c gui/*/*.c config/*.c)
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
APP_OBJ := $(APP_SRC:%.c=$(BUILD)/%.o)

all: $(BUILD)/orrery

$(BUILD)/liborrery.a: $(LIB_OBJ)
	rm -f $@; ar rcs $@ $^

$(BUILD)/orrery: $(APP_OBJ) $(BUILD)/liborrery.a
	$(CC) $(CFLAGS_ALL) -o $@ $(APP_OBJ) $(BUILD)/liborrery.a $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -c -o $@ $<

-include $(LIB_OBJ:.o=.d) $(APP_OBJ:.o=.d)

clean:
	rm -rf build build-*
.PHONY: all clean
