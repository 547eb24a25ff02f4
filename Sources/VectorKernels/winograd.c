#include "winograd_plan.h"

#include "levels.h"
#include "product_plan.h"

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t rounded(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

int vk_winograd_supported(const vk_winograd_shape *s) {
  return s->batch > 0 && s->channels > 0 && s->height > 0 && s->width > 0 && s->filters > 0 && s->output_height > 0 &&
         s->output_width > 0 && s->channels % 16 == 0 && s->filters % 16 == 0 && s->padding_top >= 0 &&
         s->padding_top <= 2 && s->padding_left >= 0 && s->padding_left <= 2;
}

/// Rows and planes a little longer than their contents, so that they do not meet in the same few sets of the cache.
static winograd_matrices matrices(int64_t channels, int64_t chunk) {
  const int64_t row = channels + 16;
  return (winograd_matrices){row, chunk * row + 16};
}

static winograd_plan plan_of(const vk_winograd_shape *s, int64_t chunk, bool shares) {
  winograd_plan plan = {.down = (s->output_height + WINOGRAD_TILE - 1) / WINOGRAD_TILE,
                        .across = (s->output_width + WINOGRAD_TILE - 1) / WINOGRAD_TILE,
                        .panels = (s->filters + PRODUCT_COLUMNS - 1) / PRODUCT_COLUMNS, .shares = shares};
  plan.tiles = s->batch * plan.down * plan.across;
  plan.chunk = rounded(least(chunk, plan.tiles), PRODUCT_ROWS);
  plan.x = matrices(s->channels, plan.chunk), plan.y = matrices(s->filters, plan.chunk);
  plan.x_space = WINOGRAD_PLACES * plan.x.plane, plan.y_space = WINOGRAD_PLACES * plan.y.plane;
  return plan;
}

/// Floats: what a thread's second-level cache may hold beside a kernel's panels, the matrices that all threads share, the
/// threads' own sums of a gradient; and the tiles of a gradient's chunk.
enum { CACHED = 192 * 1024, LARGEST = 8 * 1024 * 1024, SUMS = 24 * 1024 * 1024, GRADIENT_TILES = 48 };

winograd_plan vk_winograd_plan(const vk_winograd_shape *s, int threads) {
  const int64_t each = WINOGRAD_PLACES * (s->channels + s->filters), kernel = WINOGRAD_PLACES * s->channels * s->filters;
  const int64_t tiles = s->batch * ((s->output_height + 3) / 4) * ((s->output_width + 3) / 4);
  // A kernel is read once for each chunk: larger chunks for larger kernels.
  const int64_t chunk = most(CACHED / each, least(kernel / 65536, 48));
  const bool shares = tiles < threads * least(chunk, 48) || (kernel > 1 << 21 && tiles * each <= LARGEST);
  return plan_of(s, shares ? LARGEST / each : rounded(chunk, PRODUCT_ROWS), shares);
}

int64_t vk_winograd_workspace(const vk_winograd_shape *s, int threads) {
  const winograd_plan plan = vk_winograd_plan(s, threads);
  return (plan.x_space + plan.y_space) * (plan.shares ? 1 : threads) * (int64_t)sizeof(float);
}

int64_t vk_winograd_kernel_count(int64_t channels, int64_t filters) {
  return WINOGRAD_PLACES * channels * rounded(filters, PRODUCT_COLUMNS);
}

winograd_gradient_plan vk_winograd_gradient_plan(const vk_winograd_shape *s, int threads) {
  const int64_t each = WINOGRAD_PLACES * (s->channels + s->filters);
  winograd_gradient_plan plan = {plan_of(s, GRADIENT_TILES, false)};
  plan.blocks = (s->channels + WINOGRAD_BLOCK - 1) / WINOGRAD_BLOCK * plan.form.panels;
  if (plan.form.tiles < threads * 64 || threads * plan.blocks * WINOGRAD_BLOCK_SPACE > SUMS)
    plan.form = plan_of(s, most(LARGEST / 4 / each, 2 * GRADIENT_TILES), true);
  const int64_t kept = !plan.form.shares ? threads * plan.blocks : plan.form.chunk < plan.form.tiles ? plan.blocks : least(threads, plan.blocks);
  plan.sums = kept * WINOGRAD_BLOCK_SPACE;
  return plan;
}

int64_t vk_winograd_gradient_workspace(const vk_winograd_shape *s, int threads) {
  const winograd_gradient_plan plan = vk_winograd_gradient_plan(s, threads);
  return ((plan.form.shares ? 1 : threads) * (plan.form.x_space + plan.form.y_space) + plan.sums + threads * s->filters) *
         (int64_t)sizeof(float);
}

VK_ENTRY(vk_winograd_kernel)
VK_ENTRY(vk_winograd)
VK_ENTRY(vk_winograd_gradient)
