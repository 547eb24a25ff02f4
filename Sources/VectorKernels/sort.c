// Sorting and top-k along the last axis: a stable merge of (key, position) pairs, where the key is the value mapped to
// an unsigned integer whose order is the order asked for (NaN largest in both directions).
#include <string.h>

#include "index.h"
#include "ThreadPool.h"

typedef struct pair {
  uint64_t key;
  int64_t position;
} pair;

int64_t vk_sort_scratch(int64_t count, int32_t threads) {
  return 2 * count * (int64_t)sizeof(pair) * (threads > 1 ? threads : 1);
}

static uint64_t key_of(const void *input, int32_t type, int64_t i, int descending) {
  uint64_t key, sign = (uint64_t)1 << 63;
  if (type == VK_INDEX_I32) key = (uint64_t)(int64_t)((const int32_t *)input)[i] ^ sign;
  else if (type == VK_INDEX_I64) key = (uint64_t)((const int64_t *)input)[i] ^ sign;
  else {
    double value = type == VK_INDEX_F32 ? ((const float *)input)[i] : ((const double *)input)[i];
    if (value != value) return ~(uint64_t)0;
    if (value == 0) value = 0;  // -0 and 0 are equal
    memcpy(&key, &value, 8);
    key = key & sign ? ~key : key | sign;
  }
  return descending ? ~key : key;
}

static void insertion_sort(pair *p, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    pair held = p[i];
    int64_t j = i;
    for (; j > 0 && p[j - 1].key > held.key; j--) p[j] = p[j - 1];
    p[j] = held;
  }
}

/// Sorts `p` by merging runs of 16 upwards; returns the array, of the two, that holds the result.
static pair *merge_sort(pair *p, pair *other, int64_t n) {
  for (int64_t i = 0; i < n; i += 16) insertion_sort(p + i, n - i < 16 ? n - i : 16);
  for (int64_t run = 16; run < n; run *= 2) {
    for (int64_t i = 0; i < n; i += 2 * run) {
      int64_t middle = i + run < n ? i + run : n, end = i + 2 * run < n ? i + 2 * run : n, left = i, right = middle;
      for (int64_t k = i; k < end; k++)
        other[k] = left < middle && (right >= end || p[left].key <= p[right].key) ? p[left++] : p[right++];
    }
    pair *swap = p;
    p = other, other = swap;
  }
  return p;
}

/// The `kept` smallest keys in order, held in a sorted list while the row passes by.
static void select_few(const void *input, int32_t type, int64_t base, int descending, int64_t count, pair *p, int64_t kept) {
  int64_t held = 0;
  for (int64_t i = 0; i < count; i++) {
    uint64_t key = key_of(input, type, base + i, descending);
    if (held == kept && key >= p[kept - 1].key) continue;
    int64_t j = held < kept ? held++ : kept - 1;
    for (; j > 0 && p[j - 1].key > key; j--) p[j] = p[j - 1];
    p[j] = (pair){key, i};
  }
}

static void sort_member(void *context, int thread, int threads) {
  const vk_sort_arguments *a = context;
  pair *work = (pair *)a->scratch + 2 * a->count * thread;
  int64_t first, last;
  pool_part(a->rows, 1, thread, threads, &first, &last);
  for (int64_t r = first; r < last; r++) {
    int64_t base = r * a->count;
    pair *p = work;
    if (a->kept == 0) continue;
    if (a->kept <= 16) {
      select_few(a->input, a->type, base, a->descending, a->count, p, a->kept);
    } else {
      for (int64_t i = 0; i < a->count; i++) p[i] = (pair){key_of(a->input, a->type, base + i, a->descending), i};
      p = merge_sort(p, p + a->count, a->count);
    }
    for (int64_t i = 0; i < a->kept; i++) {
      int64_t to = r * a->kept + i, from = base + p[i].position;
      if (a->values) {
        if (a->type == VK_INDEX_I32 || a->type == VK_INDEX_F32) ((uint32_t *)a->values)[to] = ((const uint32_t *)a->input)[from];
        else ((uint64_t *)a->values)[to] = ((const uint64_t *)a->input)[from];
      }
      if (!a->indices) continue;
      if (a->index_type == VK_INDEX_I32) ((int32_t *)a->indices)[to] = (int32_t)p[i].position;
      else ((int64_t *)a->indices)[to] = p[i].position;
    }
  }
}

void vk_sort(void *arguments) {
  vk_sort_arguments *a = arguments;
  pool_run(sort_member, a, a->threads);
}
