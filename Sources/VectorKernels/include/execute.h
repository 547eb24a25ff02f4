// Compiled programs as lists of kernels.
#ifndef VK_EXECUTE_H
#define VK_EXECUTE_H
#include <stddef.h>
#include <stdint.h>

/// One kernel and its arguments.
typedef struct {
  void (*run)(void *args);
  void *args;
} vk_step;

/// Runs the steps in order.
void vk_execute(const vk_step *steps, size_t count);

/// Runs the steps in order and adds each one's time to nanoseconds[count].
void vk_execute_profiled(const vk_step *steps, size_t count, uint64_t *nanoseconds);

/// One strided copy of a loop: at iteration t, `bytes` from source + t * source_step to target + t * target_step.
typedef struct {
  void *target;
  const void *source;
  int64_t bytes, source_step, target_step;
} vk_loop_copy;

/// Arguments of `vk_loop`: a list of steps run `iterations` times, with copies before and after each iteration.
typedef struct {
  const vk_step *steps;
  size_t count;
  int64_t iterations;
  const vk_loop_copy *before;
  size_t before_count;
  const vk_loop_copy *after;
  size_t after_count;
} vk_loop_args;

/// Kernel: runs a loop (`vk_loop_args`). Source and target of a copy do not overlap, unless they are the same.
void vk_loop(void *args);
#endif
