// How a recurrent layer is divided among threads, and where things lie in its workspace: chosen from sizes alone.
#ifndef VK_RECURRENT_PLAN_H
#define VK_RECURRENT_PLAN_H
#include <stdbool.h>
#include "recurrent.h"

typedef struct {
  int64_t gates;
  /// Threads share the samples, which then need not wait for one another; else the units, and they meet after each step.
  bool splits_batch;
  /// A panel has so many vectors of columns; there are so many panels, each `panel` floats long.
  int64_t vectors, panels, panel;
  /// Where states that are kept nowhere else begin in the workspace, in floats; each is `state` long.
  int64_t states, state;
} recurrent_plan;

recurrent_plan vk_recurrent_plan(const vk_recurrent_sizes *sizes, bool gradient);
#endif
