/* Preprocessed by the build, this prints the name of every form of MMX that the fast instance has, marked ORRERY_FORM_. */
#define OP_UNSIZED_(name) ORRERY_FORM_UNSIZED_##name
#define OP_UNSIZED(name) OP_UNSIZED_(name)
#include "cpu/ops/fast_mmx.inc"
