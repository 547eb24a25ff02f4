// Recurrent layers over whole sequences: all steps in one call, the products with the state and the gates together.
#ifndef VK_RECURRENT_H
#define VK_RECURRENT_H
#include <stdint.h>

/// Which cell, with its gates side by side along the last axis of `x` and of the recurrent kernel:
/// LSTM i, f, g, o: c' = s(f) c + s(i) tanh(g), h' = s(o) tanh(c'); GRU z, r, n with the reset after the product:
/// h' = s(z) h + (1 - s(z)) tanh(n + s(r) p), p being the product and its bias; simple: h' = tanh(x) or max(x, 0).
typedef enum { VK_CELL_LSTM, VK_CELL_GRU, VK_CELL_TANH, VK_CELL_RELU } vk_cell;

typedef struct vk_recurrent_sizes {
  int64_t time, batch, units;
  int32_t cell;  // vk_cell
  int32_t reverse, threads;
} vk_recurrent_sizes;

/// Arrays over time are [time, batch, ...]; with `reverse` the last entry comes first. Every result may be NULL.
typedef struct vk_recurrent_arguments {
  vk_recurrent_sizes sizes;
  const float *x;       // [time, batch, gates units]: the inputs' part of the gates' sums, biases included
  const float *kernel;  // [units, gates units]
  const float *bias;    // of a GRU's product, [3 units], or NULL
  const float *first_h, *first_c;  // [batch, units]
  float *h, *last_h, *last_c;
  float *starts;        // h before each step
  float *c;             // of an LSTM, after each step
  /// What the gradient reads, [time, batch, 4 units]: of an LSTM s(i), s(f), tanh(g), s(o), perhaps in place of x; of a GRU
  /// s(z), s(r), the candidate and p. Not of the simple cells.
  float *gates;
  /// `vk_recurrent_workspace` bytes, aligned to 64.
  float *workspace;
} vk_recurrent_arguments;
void vk_recurrent(void *arguments);
int64_t vk_recurrent_workspace(const vk_recurrent_sizes *sizes);

/// The gradient of the above. Gradients that come in may be NULL for zero, those that go out if nobody wants them, but for
/// `dx` and, of a GRU, `dp`, which are always written.
typedef struct vk_recurrent_gradient_arguments {
  vk_recurrent_sizes sizes;
  const float *kernel, *first_c;
  const float *h, *starts, *c, *gates;  // h of the simple cells, starts of a GRU
  const float *dh, *dlast_h, *dlast_c;
  float *dx;  // [time, batch, gates units], perhaps in place of an LSTM's gates
  float *dp;  // of a GRU: with respect to the product with the state, [time, batch, 3 units]
  float *dfirst_h, *dfirst_c;
  float *workspace;  // `vk_recurrent_gradient_workspace` bytes, aligned to 64
} vk_recurrent_gradient_arguments;
void vk_recurrent_gradient(void *arguments);
int64_t vk_recurrent_gradient_workspace(const vk_recurrent_sizes *sizes);
#endif
