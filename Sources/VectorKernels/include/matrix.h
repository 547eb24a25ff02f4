// Small matrix products on the calling thread, for networks where a library call costs more than the arithmetic.
#ifndef VK_MATRIX_H
#define VK_MATRIX_H
#include <stdint.h>

/// Applied to a result before it is written.
typedef enum vk_activation { VK_ACTIVATION_LINEAR = 0, VK_ACTIVATION_RELU = 1, VK_ACTIVATION_TANH = 2, VK_ACTIVATION_SIGMOID = 3 } vk_activation;
typedef enum vk_matrix_type { VK_MATRIX_F32 = 0, VK_MATRIX_F64 = 1, VK_MATRIX_I32 = 2, VK_MATRIX_I64 = 3 } vk_matrix_type;

/// c[b, i, j] (+)= activation(sum over p of a[b, i, p] b[b, p, j] + bias[j]); i < m, j < n, p < k.
/// Element (i, p) of a lies at a + i * a_row + p * a_column (in elements), so a transpose is an exchange of strides; the same
/// for b. Rows of c are contiguous, c_row apart. `bias` may be NULL. With `accumulates` the result is added to c, without activation.
/// F64, I32 and I64 are plain loops; of the activations F64 knows VK_ACTIVATION_LINEAR and VK_ACTIVATION_RELU, the integers VK_ACTIVATION_LINEAR.
typedef struct vk_matrix_arguments {
  const void *a;
  const void *b;
  const void *bias;
  void *c;
  int32_t type, activation, accumulates;
  int64_t m, n, k;
  int64_t a_row, a_column, b_row, b_column, c_row;
  int64_t batch, a_batch, b_batch, c_batch;
} vk_matrix_arguments;
void vk_matrix(void *arguments);

/// Gradients of a dense layer in one pass over dy: dw[i, j] = sum over r of x[r, i] dy[r, j], db[j] = sum over r of dy[r, j]; float,
/// all arrays dense: x [rows, inputs], dy [rows, units], dw [inputs, units], db [units] or NULL. `accumulates` adds to both.
typedef struct vk_dense_gradient_arguments {
  const float *x;
  const float *dy;
  float *dw;
  float *db;
  int32_t accumulates;
  int64_t rows, inputs, units;
} vk_dense_gradient_arguments;
void vk_dense_gradient(void *arguments);
#endif
