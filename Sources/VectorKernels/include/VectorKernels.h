// Umbrella of the vector kernels: arithmetic on long arrays, dispatched to the processor at run time.
#ifndef VECTOR_KERNELS_H
#define VECTOR_KERNELS_H
#include "batch_normalization.h"
#include "choice_product.h"
#include "convolution.h"
#include "convolution_few.h"
#include "convolution_pool.h"
#include "convolution_scatter.h"
#include "copy.h"
#include "index.h"
#include "matrix.h"
#include "map.h"
#include "random.h"
#include "execute.h"
#include "few_rows.h"
#include "pool.h"
#include "product.h"
#include "product_map.h"
#include "recurrent.h"
#include "rows.h"
#include "winograd.h"
#endif
