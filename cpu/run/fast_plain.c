#define KIND plain
#define FLAT 64
#define INDEXED 0
#define FORMS_WITHOUT_MEMORY
#include "cpu/run/fast_kind.h"
