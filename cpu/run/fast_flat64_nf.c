#define KIND flat64_nf
#define FLAT 64
#define INDEXED 0
#define WITHOUT_FLAGS
#include "cpu/run/fast_kind.h"
