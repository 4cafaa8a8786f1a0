#define KIND flat32x_nf
#define FLAT 32
#define INDEXED 1
#define WITHOUT_FLAGS
#include "cpu/run/fast_kind.h"
