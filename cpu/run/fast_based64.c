#define KIND based64
#define FLAT 64
#define INDEXED 1
#define WITH_BASE
#include "cpu/run/fast_kind.h"
