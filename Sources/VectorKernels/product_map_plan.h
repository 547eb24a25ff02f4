// How a product that goes through a map is cut up: blocks of rows of a, strips of a block that go through the map at once.
#ifndef VK_PRODUCT_MAP_PLAN_H
#define VK_PRODUCT_MAP_PLAN_H
#include "product_map.h"
#include "product_plan.h"

typedef struct {
  int64_t strip, block;                     // rows
  int64_t a_space, b_space, strip_space;    // floats of each thread
} product_map_plan;

product_map_plan vk_product_map_plan(const vk_product_map_arguments *p);
#endif
