#include "few_rows.h"

#include "levels.h"

int64_t vk_few_rows_workspace(const vk_few_rows_arguments *p) {
  return (p->threads > 1 ? p->threads : 1) * ((p->m * p->n + 15) / 16 * 16) * (int64_t)sizeof(float);
}

VK_ENTRY(vk_few_rows)
