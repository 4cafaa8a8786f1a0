#define KIND flat32_nf
#define FLAT 32
#define INDEXED 0
#define WITHOUT_FLAGS
#include "cpu/run/fast_kind.h"
