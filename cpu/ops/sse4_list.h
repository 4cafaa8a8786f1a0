/* Preprocessed by the build, this prints the name of every form that asks for SSE4.2 on the host, marked ORRERY_FORM_. */
#define OP_UNSIZED_(name) ORRERY_FORM_UNSIZED_##name
#define OP_UNSIZED(name) OP_UNSIZED_(name)
#define FLOAT_PACKED(name, operation) OP_UNSIZED(name##_R) OP_UNSIZED(name##_M)
#include "cpu/ops/fast_sse4.inc"
