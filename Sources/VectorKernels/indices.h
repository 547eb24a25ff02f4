// Reading indices of either width, and reporting one that is out of range.
#ifndef VK_INDICES_H
#define VK_INDICES_H
#include "index.h"

static inline int64_t id_at(const void *ids, int32_t type, int64_t i) {
  return type == VK_INDEX_I32 ? ((const int32_t *)ids)[i] : ((const int64_t *)ids)[i];
}

/// Notes the first offender; threads may meet here, the smallest position stays.
static inline void report(int32_t *error, int64_t position) {
  if (!error) return;
  int32_t mine = position < INT32_MAX ? (int32_t)position + 1 : INT32_MAX, seen = __atomic_load_n(error, __ATOMIC_RELAXED);
  while ((seen == 0 || mine < seen) &&
         !__atomic_compare_exchange_n(error, &seen, mine, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
}
#endif
