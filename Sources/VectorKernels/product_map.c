#include "product_map_plan.h"
#include "levels.h"

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t rounded(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

product_map_plan vk_product_map_plan(const vk_product_map_arguments *p) {
  enum { STRIP = 4096, BLOCK = 1 << 16 };  // numbers: of the product, and of a
  const int64_t strip = rounded(STRIP / p->panel > 0 ? STRIP / p->panel : 1, PRODUCT_ROWS);
  const int64_t block = rounded(BLOCK / p->k, strip), height = rounded(p->m, PRODUCT_ROWS);
  product_map_plan plan = {.strip = least(strip, height), .block = least(block, height)};
  plan.a_space = rounded(plan.block * p->k, 16);
  plan.b_space = rounded(p->panel, PRODUCT_COLUMNS) * p->k;
  const int64_t tiles = 2 * PRODUCT_ROWS * PRODUCT_COLUMNS;  // one is summed while another waits
  plan.strip_space = plan.strip * p->panel > tiles ? rounded(plan.strip * p->panel, 16) : tiles;
  return plan;
}

int32_t vk_product_map_supported(const vk_product_map_arguments *p) {
  return p->k <= VK_PRODUCT_MAP_DEPTH && p->panel > 0 && p->k * p->panel <= VK_PRODUCT_MAP_PANEL &&
    p->n % p->panel == 0 && vk_map_is_flat(p->map);
}

int64_t vk_product_map_workspace(const vk_product_map_arguments *p) {
  product_map_plan plan = vk_product_map_plan(p);
  return (plan.a_space + plan.b_space + plan.strip_space) * (p->threads > 1 ? p->threads : 1) * (int64_t)sizeof(float);
}

VK_ENTRY(vk_product_map)
