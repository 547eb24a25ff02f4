// Kernels that move or order elements by index: gather, scatter-add, one-hot, arg-max, cumulative sums, sorting.
// Each takes one argument structure; `type` is a vk_index_type. An index outside its range sets `*error` (if given) to
// the position of the first offender plus one, and counts as a row of zeros; memory outside the arrays is never touched.
#ifndef VK_INDEX_H
#define VK_INDEX_H
#include <stdint.h>

typedef enum vk_index_type { VK_INDEX_I32 = 0, VK_INDEX_I64 = 1, VK_INDEX_F32 = 2, VK_INDEX_F64 = 3 } vk_index_type;

/// output[b, i, :] = table[b, ids[b, i], :], with `width` elements in a row; batch strides are counted in elements and
/// may be 0 (one table for all). The error position is that of the flattened ids.
typedef struct vk_gather_arguments {
  const void *table;
  const void *ids;
  void *output;
  int32_t *error;
  int32_t threads, element_size, id_type;
  int64_t batch, count, rows, width;
  int64_t table_batch_stride, ids_batch_stride;
} vk_gather_arguments;
void vk_gather(void *arguments);

/// output[o, i, j] = input[o, ids[o, i, j], j]: `take along axis` of [outer, rows, inner] by ids [outer, count, inner].
typedef struct vk_take_along_arguments {
  const void *input;
  const void *ids;
  void *output;
  int32_t *error;
  int32_t threads, element_size, id_type;
  int64_t outer, rows, count, inner;
} vk_take_along_arguments;
void vk_take_along(void *arguments);

/// target[b, ids[b, i], :] += updates[b, i, :] for i in order (type F32, F64, I32 or I64), after setting the target to
/// zero if `clears`. Threads divide the columns, or the rows of the target where columns are few: the result does not depend on them.
typedef struct vk_scatter_add_arguments {
  void *target;
  const void *ids;
  const void *updates;
  int32_t *error;
  int32_t threads, type, id_type, clears;
  int64_t batch, count, rows, width;
  int64_t target_batch_stride, ids_batch_stride;
} vk_scatter_add_arguments;
void vk_scatter_add(void *arguments);

/// target[o, ids[o, i, j], j] += updates[o, i, j]: the adjoint of vk_take_along, after setting the target to zero if `clears`.
typedef struct vk_scatter_along_arguments {
  void *target;
  const void *ids;
  const void *updates;
  int32_t *error;
  int32_t threads, type, id_type, clears;
  int64_t outer, rows, count, inner;
} vk_scatter_along_arguments;
void vk_scatter_along(void *arguments);

/// output[i, j] = (j == ids[i]) ? on : off, output [count, depth] of `type`. A row of an id out of range is `off` throughout.
typedef struct vk_one_hot_arguments {
  const void *ids;
  void *output;
  int32_t *error;
  int32_t threads, type, id_type;
  int64_t count, depth;
  double on, off;
} vk_one_hot_arguments;
void vk_one_hot(void *arguments);

/// output[o, i] = position of the largest (or smallest) input[o, :, i]; ties give the first, a NaN wins over all numbers.
typedef struct vk_arg_extreme_arguments {
  const void *input;
  void *output;
  int32_t threads, type, output_type, smallest;
  int64_t outer, axis, inner;
} vk_arg_extreme_arguments;
void vk_arg_extreme(void *arguments);

/// Running sum (or product) of input [outer, axis, inner] along the axis; `exclusive` leaves out the element itself
/// (the first result is 0 or 1), `reverse` runs from the end. May work in place.
typedef struct vk_cumulate_arguments {
  const void *input;
  void *output;
  int32_t threads, type, product, exclusive, reverse;
  int64_t outer, axis, inner;
} vk_cumulate_arguments;
void vk_cumulate(void *arguments);

/// The first `kept` of each row of input [rows, count] in ascending (or descending) order, stable, NaN last in both.
/// `values` [rows, kept] and `indices` [rows, kept] (index_type) may each be NULL. `scratch` holds vk_sort_scratch bytes.
typedef struct vk_sort_arguments {
  const void *input;
  void *values;
  void *indices;
  void *scratch;
  int32_t threads, type, index_type, descending;
  int64_t rows, count, kept;
} vk_sort_arguments;
int64_t vk_sort_scratch(int64_t count, int32_t threads);
void vk_sort(void *arguments);
#endif
