// Strided copies between arrays of up to eight axes, and fills: the carrier of transpose, slice, pad, concatenate,
// reverse and conversions between layouts.
#ifndef VK_COPY_H
#define VK_COPY_H
#include <stdint.h>

enum { VK_COPY_MAXIMUM_RANK = 8 };

/// What to copy: element i0..ir goes from source + sum(i * sourceStrides) to target + sum(i * targetStrides), both in
/// elements. A source stride may be 0 (broadcast) or negative (reverse; the base address is then the last element).
/// Target addresses are distinct.
typedef struct vk_copy_description {
  int32_t rank;          // 0...8
  int32_t element_size;  // 1, 2, 4 or 8 bytes
  int64_t shape[VK_COPY_MAXIMUM_RANK];
  int64_t source_strides[VK_COPY_MAXIMUM_RANK];
  int64_t target_strides[VK_COPY_MAXIMUM_RANK];
} vk_copy_description;

/// Arguments of `vk_copy_run`. The first three fields are the caller's; the rest belongs to `vk_copy_create`.
typedef struct vk_copy {
  const void *source;
  void *target;
  int32_t threads;
  int32_t kind, rank, split, element_size;
  int64_t shape[VK_COPY_MAXIMUM_RANK];
  int64_t source_strides[VK_COPY_MAXIMUM_RANK];  // in bytes
  int64_t target_strides[VK_COPY_MAXIMUM_RANK];  // in bytes
} vk_copy;

/// Plans a copy: axes are sorted and merged, and the inner loops chosen. NULL for a rank, size or element size out of range.
vk_copy *vk_copy_create(const vk_copy_description *description);
void vk_copy_run(void *copy);
void vk_copy_destroy(vk_copy *copy);

/// Arguments of `vk_fill`: `count` elements of `element_size` (1, 2, 4, 8) bytes become the low bytes of `pattern`.
typedef struct vk_fill_arguments {
  void *target;
  int32_t threads, element_size;
  int64_t count;
  uint64_t pattern;
} vk_fill_arguments;
void vk_fill(void *arguments);
#endif
