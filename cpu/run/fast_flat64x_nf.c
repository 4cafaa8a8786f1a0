#define KIND flat64x_nf
#define FLAT 64
#define INDEXED 1
#define WITHOUT_FLAGS
#include "cpu/run/fast_kind.h"
