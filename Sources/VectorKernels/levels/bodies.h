// All kernels that are written with `lanes`; the level's file includes them once.
#pragma clang diagnostic ignored "-Wpsabi"
#include "../lanes.h"
#include "../matrix_body.h"
#include "../convolution_body.h"
#include "../convolution_gradient_body.h"
#include "../convolution_pool_body.h"
#include "../pool_body.h"
#include "../pool_gradient_body.h"
