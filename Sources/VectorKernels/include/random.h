// Counter-based random numbers: Philox 4x32, ten rounds
// (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011).
#ifndef VK_RANDOM_H
#define VK_RANDOM_H
#include <stdint.h>

typedef enum {
  VK_RANDOM_BITS,              // 32 random bits as int32
  VK_RANDOM_UNIFORM,           // float32 in [low, high)
  VK_RANDOM_NORMAL,            // float32 with mean low and standard deviation high
  VK_RANDOM_TRUNCATED_NORMAL,  // the same, within two standard deviations of the mean
  VK_RANDOM_BERNOULLI,         // 1 with the given probability, else 0, stored as out_type (F32, U8 or BOOL)
  VK_RANDOM_INTEGER            // int32 in low ..< high
} vk_random_kind;

/// Arguments of `vk_random`. Element i depends only on (*key, *step, stream, i): not on threads or on the width of the
/// processor's vectors (processors without fused multiply-add may differ in the last bits of normal numbers).
typedef struct {
  const uint64_t *key;       // seed, read when the kernel runs
  const int64_t *step;       // step of training, read when the kernel runs; NULL is step 0
  uint64_t stream;           // whose numbers these are: a hash of the layer's path
  int64_t count;             // at most 2³⁶ elements
  void *out;
  int32_t kind, out_type, threads;
  double low, high;
  const float *probability;  // of Bernoulli, read when the kernel runs; NULL uses `low`
} vk_random_args;

/// Kernel: fills an array with random numbers (`vk_random_args`).
void vk_random(void *args);

/// The generator itself: four words from a counter and a key.
void vk_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t words[4]);
#endif
