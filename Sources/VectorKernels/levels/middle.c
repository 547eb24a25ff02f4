// The bodies for processors with 256-bit vectors and fused multiply-add.
#if defined(__x86_64__)
#define VK_LEVEL(name) name##_middle
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2,f16c,lzcnt,popcnt"))), apply_to = function)
#include "bodies.h"
#pragma clang attribute pop
#endif
