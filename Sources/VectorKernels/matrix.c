#include "matrix.h"

#include "levels.h"

#define PLAIN(name, type, rectifies) \
  static void name(const vk_matrix_arguments *p) { \
    for (int64_t item = 0; item < p->batch; item++) { \
      const type *a = (const type *)p->a + item * p->a_batch, *b = (const type *)p->b + item * p->b_batch; \
      type *c = (type *)p->c + item * p->c_batch; \
      for (int64_t i = 0; i < p->m; i++) { \
        type *row = c + i * p->c_row; \
        for (int64_t j = 0; j < p->n; j++) \
          row[j] = (p->accumulates ? row[j] : 0) + (p->bias ? ((const type *)p->bias)[j] : 0); \
        for (int64_t q = 0; q < p->k; q++) { \
          type value = a[i * p->a_row + q * p->a_column]; \
          const type *from = b + q * p->b_row; \
          if (p->b_column == 1) \
            for (int64_t j = 0; j < p->n; j++) row[j] += value * from[j]; \
          else \
            for (int64_t j = 0; j < p->n; j++) row[j] += value * from[j * p->b_column]; \
        } \
        if (rectifies && p->activation == VK_ACTIVATION_RELU && !p->accumulates) \
          for (int64_t j = 0; j < p->n; j++) row[j] = row[j] <= 0 ? 0 : row[j]; \
      } \
    } \
  }
PLAIN(product_of_doubles, double, 1)
PLAIN(product_of_words, uint32_t, 0)
PLAIN(product_of_long_words, uint64_t, 0)

VK_CHOICE(static, product_of_floats, vk_matrix)
VK_ENTRY(vk_dense_gradient)

void vk_matrix(void *arguments) {
  const vk_matrix_arguments *p = arguments;
  switch (p->type) {
    case VK_MATRIX_F32: product_of_floats(arguments); break;
    case VK_MATRIX_F64: product_of_doubles(p); break;
    case VK_MATRIX_I32: product_of_words(p); break;
    default: product_of_long_words(p);
  }
}
