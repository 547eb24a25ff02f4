// The bodies for processors with 512-bit vectors and masks.
#if defined(__x86_64__)
#include <immintrin.h>
#define VK_LEVEL(name) name##_wide
#define VK_MASKS 1
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx2,fma,bmi,bmi2,f16c,lzcnt,popcnt"))), apply_to = function)
#include "bodies.h"
#pragma clang attribute pop
#endif
