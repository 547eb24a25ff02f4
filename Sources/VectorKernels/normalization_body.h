// Layer normalization over rows.

static void layer_normalization_member(void *context, int thread, int threads) {
  const vk_layer_normalization_arguments *a = context;
  int64_t n = a->n, first, last;
  pool_part(a->rows, 1, thread, threads, &first, &last);
  for (int64_t r = first; r < last; r++) {
    const float *x = a->x + r * n;
    float *y = a->y + r * n;
    lanes sum = splat(0.f), squares = splat(0.f);
    FOR_COLUMNS(n) sum += load_part(x + j, count);
    float mean = sum_of(sum) / (float)n;
    FOR_COLUMNS(n) {
      lanes d = keep_part(load_part(x + j, count) - mean, count, 0.f);
      squares += d * d;
    }
    float inverse = 1.f / sqrtf(sum_of(squares) / (float)n + a->epsilon);
    FOR_COLUMNS(n) {
      lanes v = (load_part(x + j, count) - mean) * inverse;
      if (a->gamma) v *= load_part(a->gamma + j, count);
      if (a->beta) v += load_part(a->beta + j, count);
      store_part(y + j, v, count);
    }
    if (a->mean) a->mean[r] = mean;
    if (a->inverse) a->inverse[r] = inverse;
  }
}

void VK_LEVEL(vk_layer_normalization)(void *arguments) {
  vk_layer_normalization_arguments *a = arguments;
  pool_run(layer_normalization_member, a, a->threads);
}

typedef struct normalization_context {
  const vk_layer_normalization_gradient_arguments *arguments;
  int threads;
} normalization_context;

static void layer_normalization_gradient_member(void *context, int thread, int threads) {
  normalization_context *shared = context;
  const vk_layer_normalization_gradient_arguments *a = shared->arguments;
  if (thread == 0) shared->threads = threads;
  int64_t n = a->n, first, last;
  float *dgamma = a->scratch + 2 * n * thread, *dbeta = dgamma + n;
  memset(dgamma, 0, (size_t)n * 2 * sizeof(float));
  pool_part(a->rows, 1, thread, threads, &first, &last);
  for (int64_t r = first; r < last; r++) {
    const float *x = a->x + r * n, *dy = a->dy + r * n;
    float mean = a->mean[r], inverse = a->inverse[r];
    lanes sum = splat(0.f), products = splat(0.f);
    FOR_COLUMNS(n) {
      lanes g = load_part(dy + j, count), v = (load_part(x + j, count) - mean) * inverse;
      store_part(dgamma + j, load_part(dgamma + j, count) + g * v, count);
      store_part(dbeta + j, load_part(dbeta + j, count) + g, count);
      if (a->gamma) g *= load_part(a->gamma + j, count);
      sum += g, products += keep_part(g * v, count, 0.f);
    }
    if (!a->dx) continue;
    float share = sum_of(sum) / (float)n, slope = sum_of(products) / (float)n;
    FOR_COLUMNS(n) {
      lanes g = load_part(dy + j, count), v = (load_part(x + j, count) - mean) * inverse;
      if (a->gamma) g *= load_part(a->gamma + j, count);
      store_part(a->dx + r * n + j, (g - share - v * slope) * inverse, count);
    }
  }
}

void VK_LEVEL(vk_layer_normalization_gradient)(void *arguments) {
  const vk_layer_normalization_gradient_arguments *a = arguments;
  normalization_context shared = {a, 1};
  pool_run(layer_normalization_gradient_member, &shared, a->threads);
  FOR_COLUMNS(a->n) {
    lanes gamma = splat(0.f), beta = splat(0.f);
    for (int t = 0; t < shared.threads; t++) {
      gamma += load_part(a->scratch + 2 * a->n * t + j, count);
      beta += load_part(a->scratch + 2 * a->n * t + a->n + j, count);
    }
    if (a->dgamma) store_part(a->dgamma + j, gamma, count);
    if (a->dbeta) store_part(a->dbeta + j, beta, count);
  }
}
