#include "choice_plan.h"
#include "levels.h"

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

choice_plan vk_choice_plan(const vk_choice_product_arguments *p) {
  choice_plan plan = {(p->m + CHOICE_ROWS - 1) / CHOICE_ROWS, (p->k + 3) / 4};
  plan.places = (plan.tiles * plan.fours * CHOICE_ROWS / 2 + 15) / 16 * 16;
  plan.tables = least(plan.fours, CHOICE_TABLES) * 256;
  plan.sums = least(plan.tiles * CHOICE_ROWS, CHOICE_PANEL) * 16;
  return plan;
}

int64_t vk_choice_product_workspace(const vk_choice_product_arguments *p) {
  const choice_plan plan = vk_choice_plan(p);
  return (plan.places + (plan.tables + plan.sums) * (p->threads > 1 ? p->threads : 1)) * (int64_t)sizeof(float);
}

VK_ENTRY(vk_choice_product)
