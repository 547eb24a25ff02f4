// Softmax and cross-entropy over rows.
#include "indices.h"
#include "ThreadPool.h"
#include "rows.h"

/// Runs what follows for the vectors of a row: columns j ..< j + count.
#define FOR_COLUMNS(n) \
  for (int64_t j = 0, count = (n) < 16 ? (n) : 16; j < (n); j += 16, count = (n) - j < 16 ? (n) - j : 16)

INLINE float row_maximum(const float *x, int64_t n) {
  lanes best = splat(-INFINITY);
  FOR_COLUMNS(n) {
    lanes v = keep_part(load_part(x + j, count), count, -INFINITY);
    best = choose(v > best, v, best);
  }
  return maximum_of(best);
}

/// Sum of exp(x - maximum); the exponentials go to `y` unless NULL.
INLINE float row_exponentials(const float *x, float *y, int64_t n, float maximum) {
  lanes sum = splat(0.f);
  FOR_COLUMNS(n) {
    lanes e = keep_part(exponential(load_part(x + j, count) - maximum), count, 0.f);
    if (y) store_part(y + j, e, count);
    sum += e;
  }
  return sum_of(sum);
}

static void softmax_member(void *context, int thread, int threads) {
  const vk_softmax_arguments *a = context;
  int64_t n = a->n, first, last;
  pool_part(a->rows, 1, thread, threads, &first, &last);
  for (int64_t r = first; r < last; r++) {
    const float *x = a->x + r * n;
    float *y = a->y + r * n, maximum = row_maximum(x, n);
    if (a->logarithmic) {
      float logarithm = logf(row_exponentials(x, 0, n, maximum));
      FOR_COLUMNS(n) store_part(y + j, load_part(x + j, count) - maximum - logarithm, count);
    } else {
      float scale = 1.f / row_exponentials(x, y, n, maximum);
      FOR_COLUMNS(n) store_part(y + j, load_part(y + j, count) * scale, count);
    }
  }
}

void VK_LEVEL(vk_softmax)(void *arguments) {
  vk_softmax_arguments *a = arguments;
  pool_run(softmax_member, a, a->threads);
}

static void softmax_gradient_member(void *context, int thread, int threads) {
  const vk_softmax_gradient_arguments *a = context;
  int64_t n = a->n, first, last;
  pool_part(a->rows, 1, thread, threads, &first, &last);
  for (int64_t r = first; r < last; r++) {
    const float *y = a->y + r * n, *dy = a->dy + r * n;
    float *dx = a->dx + r * n;
    lanes sum = splat(0.f);
    FOR_COLUMNS(n) {
      lanes g = load_part(dy + j, count);
      sum += a->logarithmic ? g : g * load_part(y + j, count);
    }
    float total = sum_of(sum);
    FOR_COLUMNS(n) {
      lanes g = load_part(dy + j, count), v = load_part(y + j, count);
      store_part(dx + j, a->logarithmic ? g - exponential(v) * total : v * (g - total), count);
    }
  }
}

void VK_LEVEL(vk_softmax_gradient)(void *arguments) {
  vk_softmax_gradient_arguments *a = arguments;
  pool_run(softmax_gradient_member, a, a->threads);
}

static void cross_entropy_member(void *context, int thread, int threads) {
  const vk_cross_entropy_arguments *a = context;
  int64_t n = a->n, first, last;
  pool_part(a->rows, 1, thread, threads, &first, &last);
  for (int64_t r = first; r < last; r++) {
    const float *x = a->logits + r * n, *t = a->targets ? a->targets + r * n : 0;
    float *p = a->probabilities ? a->probabilities + r * n : 0, *gradient = a->gradient ? a->gradient + r * n : 0;
    float *held = p ? p : gradient, maximum = row_maximum(x, n), sum = row_exponentials(x, held, n, maximum);
    float logarithm = logf(sum), scale = 1.f / sum, g = a->scale * (a->row_gradient ? a->row_gradient[r] : 1.f);
    float weight = 1.f, cross = 0.f;  // sum of t; sum of t (x - maximum)
    int64_t label = -1;
    if (t) {
      lanes weights = splat(0.f), products = splat(0.f);
      FOR_COLUMNS(n) {
        lanes v = load_part(t + j, count);
        weights += v;
        products += choose(v == 0.f, splat(0.f), v * (load_part(x + j, count) - maximum));
      }
      weight = sum_of(weights), cross = sum_of(products);
    } else {
      label = id_at(a->labels, a->label_type, r);
      if (label < 0 || label >= n) report(a->error, r), label = -1, weight = 0.f;
      else cross = x[label] - maximum;
    }
    if (a->loss) a->loss[r] = weight == 0.f && !t ? 0.f : weight * logarithm - cross;
    if (!held) continue;
    FOR_COLUMNS(n) {
      lanes probability = load_part(held + j, count) * scale;
      if (p) store_part(p + j, probability, count);
      if (!gradient) continue;
      lanes d = probability * weight;
      if (t) d -= load_part(t + j, count);
      if (!t && label < 0) d = splat(0.f);
      store_part(gradient + j, d * g, count);
    }
    if (gradient && label >= 0) {
      float probability = p ? p[label] : expf(x[label] - maximum) * scale;
      gradient[label] = (probability - 1.f) * g;
    }
  }
}

void VK_LEVEL(vk_cross_entropy)(void *arguments) {
  vk_cross_entropy_arguments *a = arguments;
  pool_run(cross_entropy_member, a, a->threads);
}
