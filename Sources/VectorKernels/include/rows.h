// Kernels over the last axis of float matrices [rows, n]: softmax, cross-entropy, layer normalization.
#ifndef VK_ROWS_H
#define VK_ROWS_H
#include <stdint.h>

#include "index.h"

/// y = exp(x - max x) / sum of exp(x - max x), or its logarithm. May work in place.
typedef struct vk_softmax_arguments {
  const float *x;
  float *y;
  int32_t threads, logarithmic;
  int64_t rows, n;
} vk_softmax_arguments;
void vk_softmax(void *arguments);

/// dx = y (dy - sum of y dy), or with `logarithmic`, y being the logarithm: dx = dy - exp(y) sum of dy. May work in place of dy.
typedef struct vk_softmax_gradient_arguments {
  const float *y;
  const float *dy;
  float *dx;
  int32_t threads, logarithmic;
  int64_t rows, n;
} vk_softmax_gradient_arguments;
void vk_softmax_gradient(void *arguments);

/// Cross-entropy of p = softmax(logits) with a class per row (`labels`, of label_type) or with `targets` [rows, n]:
/// loss[r] = -log p[r, label] or -sum of t log p. Each result may be NULL: `loss` [rows], `probabilities` [rows, n],
/// `gradient` [rows, n] = (p sum t - t) scale g[r], where `row_gradient` g may be NULL for 1. A label out of range
/// sets `*error` (row + 1) and counts as no target: loss and gradient 0.
typedef struct vk_cross_entropy_arguments {
  const float *logits;
  const void *labels;
  const float *targets;
  const float *row_gradient;
  float *loss;
  float *probabilities;
  float *gradient;
  int32_t *error;
  int32_t threads, label_type;
  float scale;
  int64_t rows, n;
} vk_cross_entropy_arguments;
void vk_cross_entropy(void *arguments);

/// y = (x - mean) / sqrt(variance + epsilon) gamma + beta over each row (variance over n). gamma, beta [n] may be NULL;
/// `mean` and `inverse` (1 / sqrt(variance + epsilon)), both [rows], are kept for the gradient unless NULL.
typedef struct vk_layer_normalization_arguments {
  const float *x;
  const float *gamma;
  const float *beta;
  float *y;
  float *mean;
  float *inverse;
  int32_t threads;
  float epsilon;
  int64_t rows, n;
} vk_layer_normalization_arguments;
void vk_layer_normalization(void *arguments);

/// The adjoint of vk_layer_normalization: dx, and dgamma, dbeta [n] (each may be NULL). `scratch` holds
/// vk_layer_normalization_scratch bytes; the same thread count gives the same bits.
typedef struct vk_layer_normalization_gradient_arguments {
  const float *x;
  const float *gamma;
  const float *dy;
  const float *mean;
  const float *inverse;
  float *dx;
  float *dgamma;
  float *dbeta;
  float *scratch;
  int32_t threads;
  int64_t rows, n;
} vk_layer_normalization_gradient_arguments;
int64_t vk_layer_normalization_scratch(int64_t n, int32_t threads);
void vk_layer_normalization_gradient(void *arguments);
#endif
