#include "copy.h"

#include <stdlib.h>
#include <string.h>

#include "ThreadPool.h"

enum { EMPTY, RUNS, STRIDED, TRANSPOSED };

typedef uint32_t words __attribute__((ext_vector_type(16)));
typedef uint32_t words_unaligned __attribute__((ext_vector_type(16), aligned(4)));

#if defined(__x86_64__)
#define DISPATCHED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DISPATCHED
#endif

// MARK: - Planning

static int64_t magnitude(int64_t value) { return value < 0 ? -value : value; }

static void exchange(vk_copy *c, int i, int j) {
  int64_t n = c->shape[i], s = c->source_strides[i], t = c->target_strides[i];
  c->shape[i] = c->shape[j], c->source_strides[i] = c->source_strides[j], c->target_strides[i] = c->target_strides[j];
  c->shape[j] = n, c->source_strides[j] = s, c->target_strides[j] = t;
}

vk_copy *vk_copy_create(const vk_copy_description *d) {
  int64_t size = d->element_size;
  if (d->rank < 0 || d->rank > VK_COPY_MAXIMUM_RANK || (size != 1 && size != 2 && size != 4 && size != 8)) return NULL;
  for (int i = 0; i < d->rank; i++)
    if (d->shape[i] < 0) return NULL;
  vk_copy *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  c->threads = 1, c->element_size = (int32_t)size, c->kind = STRIDED;
  for (int i = 0; i < d->rank; i++) {
    if (d->shape[i] == 0) {
      c->kind = EMPTY;
      return c;
    }
    if (d->shape[i] == 1) continue;
    c->shape[c->rank] = d->shape[i];
    c->source_strides[c->rank] = d->source_strides[i] * size;
    c->target_strides[c->rank++] = d->target_strides[i] * size;
  }
  for (int i = 1; i < c->rank; i++)  // outermost first, by the target's strides
    for (int j = i; j > 0 && magnitude(c->target_strides[j - 1]) < magnitude(c->target_strides[j]); j--) exchange(c, j - 1, j);
  int kept = 0;
  for (int i = 0; i < c->rank; i++) {
    int merges = kept > 0 && c->source_strides[kept - 1] == c->source_strides[i] * c->shape[i] &&
                 c->target_strides[kept - 1] == c->target_strides[i] * c->shape[i];
    if (merges) {
      c->shape[kept - 1] *= c->shape[i];
      c->source_strides[kept - 1] = c->source_strides[i];
      c->target_strides[kept - 1] = c->target_strides[i];
    } else {
      exchange(c, kept++, i);
    }
  }
  c->rank = kept;
  if (kept == 0) c->rank = 1, c->shape[0] = 1, c->source_strides[0] = c->target_strides[0] = size;
  int inner = c->rank - 1;
  if (c->target_strides[inner] == size && c->source_strides[inner] == size) c->kind = RUNS;
  else if (c->target_strides[inner] == size && c->source_strides[inner] != 0)
    for (int i = 0; i < inner; i++)
      if (c->source_strides[i] == size && c->target_strides[i] > 0) {
        for (int j = i; j < inner - 1; j++) exchange(c, j, j + 1);  // the two axes of the transpose come last
        c->kind = TRANSPOSED;
        break;
      }
  for (int i = 1; i < c->rank; i++)  // threads divide the outermost axis that is long enough, else the longest
    if (c->shape[c->split] < 64 && c->shape[i] > c->shape[c->split]) c->split = i;
  return c;
}

void vk_copy_destroy(vk_copy *copy) { free(copy); }

// MARK: - Inner loops

#define MOVE(bytes) \
  case bytes: \
    for (int64_t i = 0; i < n; i++, t += ts, s += ss) memcpy(t, s, bytes); \
    return;

/// `n` runs of `bytes` contiguous bytes.
static void move_runs(char *t, const char *s, int64_t n, int64_t ts, int64_t ss, int64_t bytes) {
  switch (bytes) {
    MOVE(1) MOVE(2) MOVE(4) MOVE(8) MOVE(12) MOVE(16) MOVE(24) MOVE(32) MOVE(48) MOVE(64) MOVE(128)
    default:
      for (int64_t i = 0; i < n; i++, t += ts, s += ss) memcpy(t, s, (size_t)bytes);
  }
}

/// Sixteen rows of sixteen words of four bytes; rows are `ss` and `ts` bytes apart.
#define PAIR(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#define STEP(from, to, distance, low, high) \
  for (int i = 0; i < 16; i++) \
    if (!(i & distance)) to[i] = low(from[i], from[i + distance]), to[i + distance] = high(from[i], from[i + distance]);
#define LOW8(a, b) PAIR(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
#define HIGH8(a, b) PAIR(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)
#define LOW4(a, b) PAIR(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27)
#define HIGH4(a, b) PAIR(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31)
#define LOW2(a, b) PAIR(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define HIGH2(a, b) PAIR(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define LOW1(a, b) PAIR(a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30)
#define HIGH1(a, b) PAIR(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31)

/// Target [rows, columns] with contiguous columns from source [columns, rows] with contiguous rows, four-byte elements.
static DISPATCHED void transpose_words(char *t, const char *s, int64_t rows, int64_t columns, int64_t ts, int64_t ss) {
  int64_t whole_rows = rows / 16 * 16, whole_columns = columns / 16 * 16;
  for (int64_t r = 0; r < whole_rows; r += 16)
    for (int64_t c = 0; c < whole_columns; c += 16) {
      words a[16], b[16];
#pragma clang loop unroll(full)
      for (int i = 0; i < 16; i++) a[i] = *(const words_unaligned *)(s + (c + i) * ss + r * 4);
      STEP(a, b, 8, LOW8, HIGH8)
      STEP(b, a, 4, LOW4, HIGH4)
      STEP(a, b, 2, LOW2, HIGH2)
      STEP(b, a, 1, LOW1, HIGH1)
#pragma clang loop unroll(full)
      for (int i = 0; i < 16; i++) *(words_unaligned *)(t + (r + i) * ts + c * 4) = a[i];
    }
  for (int64_t r = 0; r < rows; r++) {
    int64_t from = r < whole_rows ? whole_columns : 0;
    const char *p = s + r * 4 + from * ss;
    uint32_t *q = (uint32_t *)(t + r * ts);
    for (int64_t c = from; c < columns; c++, p += ss) q[c] = *(const uint32_t *)p;
  }
}

#define TRANSPOSE(type) \
  static void transpose_##type(char *t, const char *s, int64_t rows, int64_t columns, int64_t ts, int64_t ss) { \
    enum { BLOCK = 64 / sizeof(type) }; \
    for (int64_t r0 = 0; r0 < rows; r0 += BLOCK) \
      for (int64_t c0 = 0; c0 < columns; c0 += BLOCK) { \
        int64_t r1 = r0 + BLOCK < rows ? r0 + BLOCK : rows, c1 = c0 + BLOCK < columns ? c0 + BLOCK : columns; \
        for (int64_t r = r0; r < r1; r++) { \
          type *q = (type *)(t + r * ts); \
          const type *p = (const type *)s + r; \
          for (int64_t c = c0; c < c1; c++) q[c] = *(const type *)((const char *)p + c * ss); \
        } \
      } \
  }
TRANSPOSE(uint8_t)
TRANSPOSE(uint16_t)
TRANSPOSE(uint64_t)

static void copy_plane(const vk_copy *c, char *t, const char *s, int64_t rows, int64_t columns, int64_t ts, int64_t ss) {
  switch (c->element_size) {
    case 1: transpose_uint8_t(t, s, rows, columns, ts, ss); break;
    case 2: transpose_uint16_t(t, s, rows, columns, ts, ss); break;
    case 4: transpose_words(t, s, rows, columns, ts, ss); break;
    default: transpose_uint64_t(t, s, rows, columns, ts, ss);
  }
}

// MARK: - Running

static void copy_part(const vk_copy *c, const int64_t *shape, char *target, const char *source) {
  int inner = c->rank - 1, outer = c->kind == STRIDED ? inner : inner - 1;  // `outer` axes are counted here
  if (outer < 0) outer = 0;
  const int64_t *ts = c->target_strides, *ss = c->source_strides;
  int64_t index[VK_COPY_MAXIMUM_RANK] = {0};
  for (;;) {
    if (c->kind == RUNS) {
      if (inner == 0) move_runs(target, source, 1, 0, 0, shape[0] * c->element_size);
      else move_runs(target, source, shape[outer], ts[outer], ss[outer], shape[inner] * c->element_size);
    } else if (c->kind == TRANSPOSED) {
      copy_plane(c, target, source, shape[outer], shape[inner], ts[outer], ss[inner]);
    } else {
      move_runs(target, source, shape[inner], ts[inner], ss[inner], c->element_size);
    }
    int axis = outer - 1;
    for (; axis >= 0; axis--) {
      target += ts[axis], source += ss[axis];
      if (++index[axis] < shape[axis]) break;
      target -= ts[axis] * shape[axis], source -= ss[axis] * shape[axis], index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

static void copy_member(void *context, int thread, int threads) {
  const vk_copy *c = context;
  int64_t shape[VK_COPY_MAXIMUM_RANK], first, last;
  memcpy(shape, c->shape, sizeof shape);
  pool_part(shape[c->split], 16, thread, threads, &first, &last);
  if (first >= last) return;
  shape[c->split] = last - first;
  copy_part(c, shape, (char *)c->target + first * c->target_strides[c->split],
            (const char *)c->source + first * c->source_strides[c->split]);
}

void vk_copy_run(void *copy) {
  vk_copy *c = copy;
  if (c->kind == EMPTY) return;
  if (c->threads <= 1) copy_part(c, c->shape, c->target, c->source);
  else pool_run(copy_member, c, c->threads);
}

static void fill_member(void *context, int thread, int threads) {
  const vk_fill_arguments *a = context;
  int64_t first, last;
  pool_part(a->count, 64, thread, threads, &first, &last);
#define FILL(type) \
  { \
    type *t = a->target, value = (type)a->pattern; \
    for (int64_t i = first; i < last; i++) t[i] = value; \
  }
  switch (a->element_size) {
    case 1: memset((char *)a->target + first, (int)(a->pattern & 255), (size_t)(last - first)); break;
    case 2: FILL(uint16_t) break;
    case 4: FILL(uint32_t) break;
    default: FILL(uint64_t)
  }
}

void vk_fill(void *arguments) {
  vk_fill_arguments *a = arguments;
  pool_run(fill_member, a, a->threads);
}
