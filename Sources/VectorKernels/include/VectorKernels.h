// Umbrella of the vector kernels: arithmetic on long arrays, dispatched to the processor at run time.
#ifndef VECTOR_KERNELS_H
#define VECTOR_KERNELS_H
#include "parallel.h"
#include "map.h"
#include "random.h"
#include "execute.h"
#endif
