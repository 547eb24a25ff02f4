// Batch normalization: one pass over x for the statistics, one for the result; the same for the adjoint.
#include "ThreadPool.h"
#include "batch_normalization_plan.h"

/// Values of a chunk stay in the first or second level cache while its sums are taken twice.
enum { BATCH_CHUNK = 32 * 1024 };

/// Places in a row, of one sample.
typedef struct {
  int64_t offset, count, first;
} batch_chunk;

/// The chunk that begins at place `at` of all samples and ends before `last`.
INLINE batch_chunk batch_chunk_at(const vk_channels *lies, int64_t at, int64_t last) {
  // Of blocks one is at hand at a time. Sums are joined for each channel: chunks of a few places would be all overhead.
  int64_t place = at % lies->places, count = lies->places - place;
  int64_t most = BATCH_CHUNK / (lies->place == 16 ? 16 : batch_width(lies->channels));
  if (most < 32) most = 32;
  if (count > last - at) count = last - at;
  if (count > most) count = most;
  return (batch_chunk){at / lies->places * lies->sample + place * lies->place, count, at};
}

#define FOR_BLOCKS(lies) \
  for (int64_t b = 0, rest = (lies)->channels; rest > 0; b++, rest -= 16)
INLINE int64_t within(int64_t rest) { return rest < 16 ? rest : 16; }

// MARK: - Statistics

/// Sums of x, or of squared distances from `center`, over a chunk.
INLINE void batch_fold(const vk_channels *lies, const float *x, int64_t count, const float *center, float *sums, const int squares) {
  if (lies->place == 16) {
    FOR_BLOCKS(lies) {
      const float *at = x + b * lies->block;
      const lanes c = squares ? load(center + 16 * b) : splat(0.f);
      lanes s[4] = {splat(0.f), splat(0.f), splat(0.f), splat(0.f)};
      int64_t p = 0;
      for (; p + 4 <= count; p += 4)
#pragma clang loop unroll(full)
        for (int i = 0; i < 4; i++) {
          lanes v = load(at + 16 * (p + i));
          if (squares) v -= c, s[i] += v * v;
          else s[i] += v;
        }
      for (; p < count; p++) {
        lanes v = load(at + 16 * p);
        if (squares) v -= c, s[0] += v * v;
        else s[0] += v;
      }
      store(sums + 16 * b, (s[0] + s[1]) + (s[2] + s[3]));
    }
    return;
  }
  memset(sums, 0, (size_t)batch_width(lies->channels) * sizeof(float));
  for (int64_t p = 0; p < count; p += 4) {
    const int64_t rows = count - p < 4 ? count - p : 4;
    FOR_BLOCKS(lies) {
      const float *at = x + p * lies->place + b * lies->block;
      const lanes c = squares ? load(center + 16 * b) : splat(0.f);
      lanes s = load(sums + 16 * b);
      for (int64_t i = 0; i < rows; i++) {
        lanes v = load_part(at + i * lies->place, within(rest));
        if (squares) v -= c, s += v * v;
        else s += v;
      }
      store(sums + 16 * b, s);
    }
  }
}

/// Joins mean and squared distances of `more` values to those of `count` (Chan, Golub, LeVeque 1979).
INLINE void batch_join(float *mean, float *squares, float count, lanes other, lanes other_squares, float more) {
  const float share = more / (count + more);
  const lanes m = load(mean), gap = other - m;
  store(mean, m + gap * share);
  store(squares, load(squares) + other_squares + gap * gap * (count * share));
}

static void batch_statistics_member(void *context, int thread, int threads) {
  const vk_batch_normalization_arguments *p = context;
  const vk_channels *lies = &p->lies;
  const int64_t width = batch_width(lies->channels);
  float *mean = p->scratch + (BATCH_SHARED_ROWS + thread * BATCH_THREAD_ROWS) * width, *squares = mean + width;
  float *sums = squares + width, *distances = sums + width;
  memset(mean, 0, (size_t)(2 * width) * sizeof(float));
  int64_t first, last;
  pool_part(lies->samples * lies->places, 1, thread, threads, &first, &last);
  for (int64_t at = first; at < last;) {
    const batch_chunk chunk = batch_chunk_at(lies, at, last);
    batch_fold(lies, p->x + chunk.offset, chunk.count, NULL, sums, 0);
    FOR_BLOCKS(lies) store(sums + 16 * b, load(sums + 16 * b) * (1.f / (float)chunk.count));
    batch_fold(lies, p->x + chunk.offset, chunk.count, sums, distances, 1);
    FOR_BLOCKS(lies) batch_join(mean + 16 * b, squares + 16 * b, (float)(at - first), load(sums + 16 * b),
                                load(distances + 16 * b), (float)chunk.count);
    at += chunk.count;
  }
}

// MARK: - The result

/// The shared rows.
typedef struct {
  float *scale, *shift, *mean, *slope, *constant;
} batch_rows;

INLINE batch_rows batch_shared(float *scratch, int64_t channels) {
  const int64_t width = batch_width(channels);
  return (batch_rows){scratch, scratch + width, scratch + 2 * width, scratch + 3 * width, scratch + 4 * width};
}

INLINE lanes batch_limited(lanes v, lanes lowest, lanes highest, const int limits) {
  if (limits >= VK_LIMITS_LOW) v = choose(v < lowest, lowest, v);
  if (limits == VK_LIMITS_BOTH) v = choose(v > highest, highest, v);
  return v;
}

/// y of a chunk; `streams` writes past the caches.
INLINE void batch_apply(const vk_batch_normalization_arguments *p, const batch_rows *rows, batch_chunk chunk, const int limits,
                        const int adds, const int streams) {
  const vk_channels *lies = &p->lies;
  const float *x = p->x + chunk.offset, *addend = adds ? p->addend + chunk.offset : NULL;
  float *y = p->y + chunk.offset;
  const lanes lowest = splat(p->lowest), highest = splat(p->highest);
  if (lies->place == 16) {
    FOR_BLOCKS(lies) {
      const lanes scale = load(rows->scale + 16 * b), shift = load(rows->shift + 16 * b);
      const int64_t from = b * lies->block, end = from + 16 * chunk.count;
      for (int64_t i = from; i < end; i += 16) {
        lanes v = load(x + i) * scale + shift;
        if (adds) v += load(addend + i);
        v = batch_limited(v, lowest, highest, limits);
        if (streams) __builtin_nontemporal_store(v, (lanes *)(y + i));
        else store(y + i, v);
      }
    }
    return;
  }
  for (int64_t place = 0; place < chunk.count; place++)
    FOR_BLOCKS(lies) {
      const int64_t i = place * lies->place + b * lies->block, count = within(rest);
      lanes v = load_part(x + i, count) * load(rows->scale + 16 * b) + load(rows->shift + 16 * b);
      if (adds) v += load_part(addend + i, count);
      v = batch_limited(v, lowest, highest, limits);
      if (streams) __builtin_nontemporal_store(v, (lanes *)(y + i));
      else store_part(y + i, v, count);
    }
}

/// Results that the caches would not hold until somebody reads them.
INLINE int batch_streams(const vk_channels *lies, const float *to) {
  return lies->samples * lies->places * lies->channels >= 4 * 1024 * 1024 && lies->channels % 16 == 0 && (uintptr_t)to % 64 == 0;
}

#define BATCH_MEMBER(name, arguments_type) \
  static void name##_member(void *context, int thread, int threads) { \
    const arguments_type *p = context; \
    const batch_rows rows = batch_shared(p->scratch, p->lies.channels); \
    int64_t first, last; \
    pool_part(p->lies.samples * p->lies.places, 1, thread, threads, &first, &last); \
    for (int64_t at = first; at < last;) { \
      const batch_chunk chunk = batch_chunk_at(&p->lies, at, last); \
      name##_chunk(p, &rows, chunk); \
      at += chunk.count; \
    } \
  }

static void batch_apply_chunk(const vk_batch_normalization_arguments *p, const batch_rows *rows, batch_chunk chunk) {
  const int streams = batch_streams(&p->lies, p->y);
#define CASE(kind, adds) \
  if (p->limits == kind && !p->addend == !adds) { \
    if (streams) batch_apply(p, rows, chunk, kind, adds, 1); \
    else batch_apply(p, rows, chunk, kind, adds, 0); \
    return; \
  }
  CASE(VK_LIMITS_NONE, 0) CASE(VK_LIMITS_LOW, 0) CASE(VK_LIMITS_BOTH, 0)
  CASE(VK_LIMITS_NONE, 1) CASE(VK_LIMITS_LOW, 1) CASE(VK_LIMITS_BOTH, 1)
#undef CASE
}
BATCH_MEMBER(batch_apply, vk_batch_normalization_arguments)

/// What x is multiplied by, and what is added: 1 / sqrt(variance + epsilon) gamma, beta - mean scale. Returns the root's inverse.
INLINE lanes batch_factors(const batch_rows *rows, int64_t b, lanes mean, lanes variance, lanes gamma, lanes beta, float epsilon) {
  lanes inverse = variance + epsilon;
  for (int i = 0; i < 16; i++) inverse[i] = 1.f / sqrtf(inverse[i]);
  const lanes scale = inverse * gamma;
  store(rows->mean + 16 * b, mean), store(rows->scale + 16 * b, scale), store(rows->shift + 16 * b, beta - mean * scale);
  return inverse;
}

void VK_LEVEL(vk_batch_normalization)(void *arguments) {
  vk_batch_normalization_arguments *p = arguments;
  const vk_channels *lies = &p->lies;
  const batch_rows rows = batch_shared(p->scratch, lies->channels);
  const int64_t width = batch_width(lies->channels), total = lies->samples * lies->places;
  pool_run(batch_statistics_member, p, p->threads);
  float *mean = p->scratch + BATCH_SHARED_ROWS * width, *squares = mean + width;
  for (int thread = 1; thread < p->threads; thread++) {
    int64_t first, last;
    pool_part(total, 1, thread, p->threads, &first, &last);
    const float *other = mean + thread * BATCH_THREAD_ROWS * width;
    if (last == first) continue;
    FOR_BLOCKS(lies) batch_join(mean + 16 * b, squares + 16 * b, (float)first, load(other + 16 * b), load(other + width + 16 * b),
                                (float)(last - first));
  }
  FOR_BLOCKS(lies) {
    const int64_t count = within(rest);
    const lanes m = load(mean + 16 * b), v = load(squares + 16 * b) * (1.f / (float)total);
    store_part(p->mean + 16 * b, m, count), store_part(p->variance + 16 * b, v, count);
    batch_factors(&rows, b, m, v, load_part(p->gamma + 16 * b, count), load_part(p->beta + 16 * b, count), p->epsilon);
  }
  pool_run(batch_apply_member, p, p->threads);
}

// MARK: - The adjoint

/// dy where the result was between its limits, else 0.
INLINE lanes batch_passed(lanes x, lanes dy, lanes scale, lanes shift, lanes lowest, lanes highest, const int limits) {
  if (limits == VK_LIMITS_NONE) return dy;
  const lanes z = x * scale + shift;
  whole inside = z > lowest;
  if (limits == VK_LIMITS_BOTH) inside &= z < highest;
  return choose(inside, dy, splat(0.f));
}

/// Sums of dy and of dy (x - mean) over a chunk, added to the totals.
INLINE void batch_gradient_fold(const vk_batch_normalization_gradient_arguments *p, const batch_rows *rows, batch_chunk chunk,
                                float *plain, float *weighted, const int limits) {
  const vk_channels *lies = &p->lies;
  const float *x = p->x + chunk.offset, *dy = p->dy + chunk.offset;
  const lanes lowest = splat(p->lowest), highest = splat(p->highest);
  if (lies->place == 16) {
    FOR_BLOCKS(lies) {
      const lanes scale = load(rows->scale + 16 * b), shift = load(rows->shift + 16 * b), mean = load(rows->mean + 16 * b);
      lanes s[2] = {splat(0.f), splat(0.f)}, w[2] = {splat(0.f), splat(0.f)};
      const int64_t from = b * lies->block;
      for (int64_t place = 0; place < chunk.count; place++) {
        const lanes v = load(x + from + 16 * place);
        const lanes g = batch_passed(v, load(dy + from + 16 * place), scale, shift, lowest, highest, limits);
        s[place % 2] += g, w[place % 2] += g * (v - mean);
      }
      store(plain + 16 * b, load(plain + 16 * b) + (s[0] + s[1]));
      store(weighted + 16 * b, load(weighted + 16 * b) + (w[0] + w[1]));
    }
    return;
  }
  for (int64_t place = 0; place < chunk.count; place += 4) {
    const int64_t end = place + 4 < chunk.count ? place + 4 : chunk.count;
    FOR_BLOCKS(lies) {
      const lanes scale = load(rows->scale + 16 * b), shift = load(rows->shift + 16 * b), mean = load(rows->mean + 16 * b);
      lanes s = load(plain + 16 * b), w = load(weighted + 16 * b);
      for (int64_t at = place; at < end; at++) {
        const int64_t i = at * lies->place + b * lies->block, count = within(rest);
        const lanes v = load_part(x + i, count);
        const lanes g = batch_passed(v, load_part(dy + i, count), scale, shift, lowest, highest, limits);
        s += g, w += g * (v - mean);
      }
      store(plain + 16 * b, s), store(weighted + 16 * b, w);
    }
  }
}

static void batch_gradient_sums_member(void *context, int thread, int threads) {
  const vk_batch_normalization_gradient_arguments *p = context;
  const vk_channels *lies = &p->lies;
  const int64_t width = batch_width(lies->channels);
  const batch_rows rows = batch_shared(p->scratch, lies->channels);
  float *totals = p->scratch + (BATCH_SHARED_ROWS + thread * BATCH_THREAD_ROWS) * width, *sums = totals + 2 * width;
  memset(totals, 0, (size_t)(2 * width) * sizeof(float));
  int64_t first, last;
  pool_part(lies->samples * lies->places, 1, thread, threads, &first, &last);
  for (int64_t at = first; at < last;) {
    const batch_chunk chunk = batch_chunk_at(lies, at, last);
    memset(sums, 0, (size_t)(2 * width) * sizeof(float));
    if (p->limits == VK_LIMITS_NONE) batch_gradient_fold(p, &rows, chunk, sums, sums + width, VK_LIMITS_NONE);
    else if (p->limits == VK_LIMITS_LOW) batch_gradient_fold(p, &rows, chunk, sums, sums + width, VK_LIMITS_LOW);
    else batch_gradient_fold(p, &rows, chunk, sums, sums + width, VK_LIMITS_BOTH);
    for (int64_t i = 0; i < 2 * width; i += 16) store(totals + i, load(totals + i) + load(sums + i));
    at += chunk.count;
  }
}

/// dx = scale dy + slope (x - mean) + constant over a chunk.
INLINE void batch_gradient_apply(const vk_batch_normalization_gradient_arguments *p, const batch_rows *rows, batch_chunk chunk,
                                 const int limits, const int streams) {
  const vk_channels *lies = &p->lies;
  const float *x = p->x + chunk.offset, *dy = p->dy + chunk.offset;
  float *dx = p->dx + chunk.offset;
  const lanes lowest = splat(p->lowest), highest = splat(p->highest);
  const int64_t outer = lies->place == 16 ? 1 : chunk.count, inner = lies->place == 16 ? chunk.count : 1;
  for (int64_t place = 0; place < outer; place++)
    FOR_BLOCKS(lies) {
      const lanes scale = load(rows->scale + 16 * b), shift = load(rows->shift + 16 * b), mean = load(rows->mean + 16 * b);
      const lanes slope = load(rows->slope + 16 * b), constant = load(rows->constant + 16 * b);
      const int64_t from = place * lies->place + b * lies->block, count = within(rest);
      for (int64_t i = from; i < from + 16 * inner; i += 16) {
        const lanes v = load_part(x + i, count);
        const lanes g = batch_passed(v, load_part(dy + i, count), scale, shift, lowest, highest, limits);
        const lanes result = g * scale + ((v - mean) * slope + constant);
        if (streams) __builtin_nontemporal_store(result, (lanes *)(dx + i));
        else store_part(dx + i, result, count);
      }
    }
}

static void batch_gradient_apply_chunk(const vk_batch_normalization_gradient_arguments *p, const batch_rows *rows, batch_chunk chunk) {
  const int streams = batch_streams(&p->lies, p->dx);
#define CASE(kind) \
  if (p->limits == kind) { \
    if (streams) batch_gradient_apply(p, rows, chunk, kind, 1); \
    else batch_gradient_apply(p, rows, chunk, kind, 0); \
    return; \
  }
  CASE(VK_LIMITS_NONE) CASE(VK_LIMITS_LOW) CASE(VK_LIMITS_BOTH)
#undef CASE
}
BATCH_MEMBER(batch_gradient_apply, vk_batch_normalization_gradient_arguments)

void VK_LEVEL(vk_batch_normalization_gradient)(void *arguments) {
  vk_batch_normalization_gradient_arguments *p = arguments;
  const vk_channels *lies = &p->lies;
  const batch_rows rows = batch_shared(p->scratch, lies->channels);
  const int64_t width = batch_width(lies->channels);
  const float each = 1.f / (float)(lies->samples * lies->places);
  FOR_BLOCKS(lies) {
    const int64_t count = within(rest);
    const lanes inverse = batch_factors(&rows, b, load_part(p->mean + 16 * b, count), load_part(p->variance + 16 * b, count),
                                        load_part(p->gamma + 16 * b, count), load_part(p->beta + 16 * b, count), p->epsilon);
    store(rows.slope + 16 * b, inverse);
  }
  pool_run(batch_gradient_sums_member, p, p->threads);
  const float *totals = p->scratch + BATCH_SHARED_ROWS * width;
  FOR_BLOCKS(lies) {
    lanes plain = splat(0.f), weighted = splat(0.f);
    for (int thread = 0; thread < p->threads; thread++) {
      plain += load(totals + thread * BATCH_THREAD_ROWS * width + 16 * b);
      weighted += load(totals + (thread * BATCH_THREAD_ROWS + 1) * width + 16 * b);
    }
    const lanes inverse = load(rows.slope + 16 * b), scale = load(rows.scale + 16 * b);
    store_part(p->dbeta + 16 * b, plain, within(rest)), store_part(p->dgamma + 16 * b, weighted * inverse, within(rest));
    store(rows.slope + 16 * b, -scale * inverse * inverse * weighted * each);
    store(rows.constant + 16 * b, -scale * plain * each);
  }
  pool_run(batch_gradient_apply_member, p, p->threads);
}
