// Elements come in groups of 64: lane l of group g has counter block 16 g + l, whose word w is element 64 g + 16 w + l.
#include "random.h"
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include "map.h"
#include "ThreadPool.h"

#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpsabi"  // wide vectors only pass between functions that are inlined
#endif
#define INLINE static inline __attribute__((always_inline))

typedef float lanes_f __attribute__((ext_vector_type(16)));
typedef int32_t lanes_i __attribute__((ext_vector_type(16)));
typedef uint32_t lanes_u __attribute__((ext_vector_type(16)));
typedef uint64_t halves __attribute__((ext_vector_type(8)));
typedef float loose_f __attribute__((ext_vector_type(16), aligned(4)));
typedef uint32_t loose_u __attribute__((ext_vector_type(16), aligned(4)));
#define F lanes_f
#define I lanes_i
#include "map_math.h"

static const uint32_t FIRST_MULTIPLIER = 0xD2511F53, SECOND_MULTIPLIER = 0xCD9E8D57;
static const uint32_t FIRST_WEYL = 0x9E3779B9, SECOND_WEYL = 0xBB67AE85;

void vk_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t words[4]) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3], k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t)FIRST_MULTIPLIER * c0, p1 = (uint64_t)SECOND_MULTIPLIER * c2;
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c1 = (uint32_t)p1;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c3 = (uint32_t)p0;
    k0 += FIRST_WEYL;
    k1 += SECOND_WEYL;
  }
  words[0] = c0; words[1] = c1; words[2] = c2; words[3] = c3;
}

/// High and low words of x · multiplier, lane by lane.
INLINE void multiply(lanes_u x, uint32_t multiplier, lanes_u *high, lanes_u *low) {
  const uint64_t lower = 0xffffffff;
  halves even = ((halves)x & lower) * (uint64_t)multiplier, odd = ((halves)x >> 32) * (uint64_t)multiplier;
  *high = (lanes_u)((even >> 32) | (odd & ~lower));
  *low = (lanes_u)((even & lower) | (odd << 32));
}

typedef struct {
  uint32_t key[2], step, stream[2];
} source;

INLINE void group_words(const source *s, int64_t group, lanes_u word[4]) {
  const lanes_u lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  lanes_u c0 = lane + (uint32_t)(group * 16), c1 = (lanes_u)(s->step);
  lanes_u c2 = (lanes_u)(s->stream[0]), c3 = (lanes_u)(s->stream[1]);
  uint32_t k0 = s->key[0], k1 = s->key[1];
  for (int round = 0; round < 10; round++) {
    lanes_u h0, l0, h1, l1;
    multiply(c0, FIRST_MULTIPLIER, &h0, &l0);
    multiply(c2, SECOND_MULTIPLIER, &h1, &l1);
    c0 = h1 ^ c1 ^ k0;
    c1 = l1;
    c2 = h0 ^ c3 ^ k1;
    c3 = l0;
    k0 += FIRST_WEYL;
    k1 += SECOND_WEYL;
  }
  word[0] = c0; word[1] = c1; word[2] = c2; word[3] = c3;
}

INLINE F unit_interval(lanes_u bits) { return __builtin_convertvector((I)(bits >> 8), F) * 0x1p-24f; }

/// Standard normal within ±2: √2 erf⁻¹(x), x uniform in ±erf(√2), as x times a polynomial in -log(1 - x²).
INLINE F truncated_normal(lanes_u bits) {
  F x = (unit_interval(bits) * 2.0f + (0x1p-24f - 1.0f)) * 0.954499736103641586f;
  F w = -log_of((1.0f - x) * (1.0f + x)) - 1.25f;
  F p = -4.73497978160258973e-07f * w - 6.59855554439342003e-06f;
  p = p * w + 4.41398197770364678e-05f;
  p = p * w + 2.02554656303145157e-04f;
  p = p * w - 3.18738419377712990e-03f;
  p = p * w + 3.55221727005311169e-03f;
  p = p * w + 3.52874061077040668e-01f;
  p = p * w + 1.68229410808505442e+00f;
  return p * x;
}

typedef struct {
  const vk_random_args *args;
  source source;
  float low, width, below, probability;
} request;

INLINE void fill_groups(const request *r, int64_t first, int64_t last, int32_t kind) {
  const vk_random_args *args = r->args;
  const bool bytes = kind == VK_RANDOM_BERNOULLI && args->out_type != VK_F32;
  for (int64_t i = first; i < last; i += 64) {
    lanes_u word[4];
    group_words(&r->source, i / 64, word);
    if (kind == VK_RANDOM_NORMAL) {
      for (int k = 0; k < 4; k += 2) {
        F u = unit_interval(word[k]) + 0x1p-24f, angle = unit_interval(word[k + 1]) * 6.28318530717958648f;
        F radius = __builtin_elementwise_sqrt(log_of(u) * -2.0f) * r->width;
        word[k] = (lanes_u)(radius * circle(angle, 1) + r->low);
        word[k + 1] = (lanes_u)(radius * circle(angle, 0) + r->low);
      }
    }
    for (int k = 0; k < 4; k++) {
      if (kind == VK_RANDOM_UNIFORM)
        word[k] = (lanes_u)least(unit_interval(word[k]) * r->width + r->low, (F)(r->below));
      if (kind == VK_RANDOM_TRUNCATED_NORMAL) word[k] = (lanes_u)(truncated_normal(word[k]) * r->width + r->low);
      if (kind == VK_RANDOM_BERNOULLI) word[k] = (lanes_u)truth(unit_interval(word[k]) < r->probability);
      if (kind == VK_RANDOM_INTEGER) {
        lanes_u high, low;
        multiply(word[k], (uint32_t)((int64_t)args->high - (int64_t)args->low), &high, &low);
        word[k] = high + (uint32_t)(int64_t)args->low;
      }
    }
    int64_t n = last - i < 64 ? last - i : 64;
    if (bytes) {
      uint8_t *out = (uint8_t *)args->out + i;
      for (int k = 0; k < 4 && k * 16 < n; k++) {
        uint8_t part[16];
        for (int j = 0; j < 16; j++) part[j] = word[k][j] != 0;
        memcpy(out + k * 16, part, (size_t)(n - k * 16 < 16 ? n - k * 16 : 16));
      }
    } else {
      uint32_t *out = (uint32_t *)args->out + i;
      if (n == 64) for (int k = 0; k < 4; k++) *(loose_u *)(out + k * 16) = word[k];
      else memcpy(out, word, (size_t)n * 4);
    }
  }
}

INLINE void fill_kind(const request *r, int64_t first, int64_t last) {
  switch (r->args->kind) {
    case VK_RANDOM_BITS: fill_groups(r, first, last, VK_RANDOM_BITS); break;
    case VK_RANDOM_UNIFORM: fill_groups(r, first, last, VK_RANDOM_UNIFORM); break;
    case VK_RANDOM_NORMAL: fill_groups(r, first, last, VK_RANDOM_NORMAL); break;
    case VK_RANDOM_TRUNCATED_NORMAL: fill_groups(r, first, last, VK_RANDOM_TRUNCATED_NORMAL); break;
    case VK_RANDOM_BERNOULLI: fill_groups(r, first, last, VK_RANDOM_BERNOULLI); break;
    case VK_RANDOM_INTEGER: fill_groups(r, first, last, VK_RANDOM_INTEGER); break;
    default: break;
  }
}
static void fill_base(const request *r, int64_t first, int64_t last) { fill_kind(r, first, last); }
#if defined(__x86_64__)
__attribute__((target("arch=x86-64-v3"))) static void fill_v3(const request *r, int64_t first, int64_t last) {
  fill_kind(r, first, last);
}
__attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
static void fill_v4(const request *r, int64_t first, int64_t last) {
  fill_kind(r, first, last);
}
#endif
static void fill(const request *r, int64_t first, int64_t last) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) { fill_v4(r, first, last); return; }
  if (__builtin_cpu_supports("x86-64-v3")) { fill_v3(r, first, last); return; }
#endif
  fill_base(r, first, last);
}

static void work(void *context, int thread, int threads) {
  const request *r = context;
  int64_t first, last;
  pool_part(r->args->count, 64, thread, threads, &first, &last);
  if (first < last) fill(r, first, last);
}

void vk_random(void *argument) {
  const vk_random_args *args = argument;
  const uint64_t key = *args->key, step = args->step ? (uint64_t)*args->step : 0;
  request r = {.args = args, .low = (float)args->low, .width = (float)args->high};
  r.source = (source){{(uint32_t)key, (uint32_t)(key >> 32)}, (uint32_t)step,
                      {(uint32_t)args->stream, (uint32_t)(args->stream >> 32) ^ (uint32_t)(step >> 32)}};
  if (args->kind == VK_RANDOM_UNIFORM) {
    r.width = (float)(args->high - args->low);
    r.below = nextafterf((float)args->high, -INFINITY);
  }
  r.probability = args->probability ? *args->probability : (float)args->low;
  if (args->threads <= 1) work(&r, 0, 1); else pool_run(work, &r, args->threads);
}
