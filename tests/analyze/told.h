/* What a program that reads one file cannot see: functions that tell somebody or raise a fault, and always return false.  Each file is analyzed with this
 * before it, and TOLD_ with its room; the file that has the function goes without its line. */
#include "cpu/base/error.h"

#ifndef DEFINES_fail
#define fail(...) (fail(__VA_ARGS__), false)
#endif

#ifdef TOLD_cpu
#include "cpu/memory/access.h"
#include "cpu/run/operations.h"
#include "cpu/system/fault.h"
#ifndef DEFINES_fault_raise
#define fault_raise(...) (fault_raise(__VA_ARGS__), false)
#endif
#ifndef DEFINES_segment_violation
#define segment_violation(...) (segment_violation(__VA_ARGS__), false)
#endif
#ifndef DEFINES_branch_refused
#define branch_refused(...) (branch_refused(__VA_ARGS__), false)
#endif
#endif

#ifdef TOLD_storage
#include "devices/storage/image_file.h"
#ifndef DEFINES_image_file_fail
#define image_file_fail(...) (image_file_fail(__VA_ARGS__), false)
#endif
#endif

#ifdef TOLD_config
#include "config/table.h"
#ifndef DEFINES_bad_value
#define bad_value(...) (bad_value(__VA_ARGS__), false)
#endif
#endif
