#include "recurrent_plan.h"
#include "levels.h"

static int64_t parts(int64_t count, int64_t size) { return (count + size - 1) / size; }

recurrent_plan vk_recurrent_plan(const vk_recurrent_sizes *sizes, bool gradient) {
  recurrent_plan plan = {.gates = sizes->cell == VK_CELL_LSTM ? 4 : sizes->cell == VK_CELL_GRU ? 3 : 1};
  const int64_t blocks = parts(sizes->units, 16), threads = sizes->threads > 1 ? sizes->threads : 1;
  plan.splits_batch = threads == 1 || sizes->batch >= 4 * threads || blocks < threads;
  if (gradient || plan.gates == 1) {
    // Columns are units: as many as a tile takes, but some for every thread.
    const int64_t most = gradient ? 4 : 2, each = plan.splits_batch ? blocks : blocks / threads;
    plan.vectors = each < most ? each : most;
    plan.panels = parts(blocks, plan.vectors);
    plan.panel = (gradient ? plan.gates : 1) * sizes->units * plan.vectors * 16;
  } else {
    // A vector of units with all its gates.
    plan.vectors = plan.gates, plan.panels = blocks;
    plan.panel = sizes->units * plan.vectors * 16;
  }
  plan.states = plan.panels * plan.panel;
  plan.state = parts(sizes->batch * sizes->units, 16) * 16;
  return plan;
}

static int64_t bytes_of(const vk_recurrent_sizes *sizes, bool gradient) {
  const recurrent_plan plan = vk_recurrent_plan(sizes, gradient);
  return (plan.states + 3 * plan.state) * (int64_t)sizeof(float);
}

int64_t vk_recurrent_workspace(const vk_recurrent_sizes *sizes) { return bytes_of(sizes, false); }
int64_t vk_recurrent_gradient_workspace(const vk_recurrent_sizes *sizes) { return bytes_of(sizes, true); }

VK_ENTRY(vk_recurrent)
VK_ENTRY(vk_recurrent_gradient)
