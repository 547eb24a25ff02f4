// Types and constants of oneDNN 3's C interface, as far as Cajal uses them. They are declared here so that nothing
// needs oneDNN's own headers to build; a test compares every one of them with those headers.
//
// Names: `onednn_engine` is oneDNN's `dnnl_engine_t`; `ONEDNN_ELTWISE_RELU` is `dnnl_eltwise_relu`; `ONEDNN_ARG_SRC` is
// `DNNL_ARG_SRC`; `ONEDNN_TAG_abcd` is `dnnl_abcd`. The test relies on this rule.
#ifndef ONEDNN_TYPES_H
#define ONEDNN_TYPES_H
#include <stddef.h>
#include <stdint.h>

// MARK: - Handles

typedef struct onednn_engine_object *onednn_engine;
typedef struct onednn_stream_object *onednn_stream;
typedef struct onednn_memory_desc_object *onednn_memory_desc;
typedef const struct onednn_memory_desc_object *onednn_const_memory_desc;
typedef struct onednn_memory_object *onednn_memory;
typedef const struct onednn_memory_object *onednn_const_memory;
typedef struct onednn_primitive_desc_object *onednn_primitive_desc;
typedef const struct onednn_primitive_desc_object *onednn_const_primitive_desc;
typedef struct onednn_primitive_object *onednn_primitive;
typedef const struct onednn_primitive_object *onednn_const_primitive;
typedef struct onednn_attr_object *onednn_attr;
typedef const struct onednn_attr_object *onednn_const_attr;
typedef struct onednn_post_ops_object *onednn_post_ops;
typedef const struct onednn_post_ops_object *onednn_const_post_ops;

// MARK: - Structures

enum { ONEDNN_MAX_NDIMS = 12 };

/// What the loaded library says of itself.
typedef struct {
  int major, minor, patch;
  const char *hash;
  unsigned cpu_runtime, gpu_runtime;
} onednn_version;

/// One argument of a primitive: its role (an `ONEDNN_ARG_` value) and the memory object.
typedef struct {
  int arg;
  onednn_memory memory;
} onednn_exec_arg;

// MARK: - Enumerations

typedef enum {
  ONEDNN_SUCCESS = 0,
  ONEDNN_OUT_OF_MEMORY = 1,
  ONEDNN_INVALID_ARGUMENTS = 2,
  ONEDNN_UNIMPLEMENTED = 3,
  ONEDNN_LAST_IMPL_REACHED = 4,
  ONEDNN_RUNTIME_ERROR = 5,
  ONEDNN_NOT_REQUIRED = 6,
} onednn_status;

typedef enum { ONEDNN_ANY_ENGINE = 0, ONEDNN_CPU = 1, ONEDNN_GPU = 2 } onednn_engine_kind;

/// Flags of a stream.
enum { ONEDNN_STREAM_IN_ORDER = 1, ONEDNN_STREAM_DEFAULT_FLAGS = 1 };

/// Values of `onednn_version.cpu_runtime`.
enum {
  ONEDNN_RUNTIME_SEQ = 1,
  ONEDNN_RUNTIME_OMP = 2,
  ONEDNN_RUNTIME_TBB = 4,
  ONEDNN_RUNTIME_THREADPOOL = 8,
};

typedef enum {
  ONEDNN_DATA_TYPE_UNDEF = 0,
  ONEDNN_F16 = 1,
  ONEDNN_BF16 = 2,
  ONEDNN_F32 = 3,
  ONEDNN_S32 = 4,
  ONEDNN_S8 = 5,
  ONEDNN_U8 = 6,
  ONEDNN_F64 = 7,
} onednn_data_type;

typedef enum {
  ONEDNN_FPMATH_MODE_STRICT = 0,
  ONEDNN_FPMATH_MODE_BF16 = 1,
  ONEDNN_FPMATH_MODE_F16 = 2,
  ONEDNN_FPMATH_MODE_ANY = 3,
  ONEDNN_FPMATH_MODE_TF32 = 4,
} onednn_fpmath_mode;

typedef enum { ONEDNN_SCRATCHPAD_MODE_LIBRARY = 0, ONEDNN_SCRATCHPAD_MODE_USER = 1 } onednn_scratchpad_mode;

typedef enum {
  ONEDNN_FORMAT_KIND_UNDEF = 0,
  ONEDNN_FORMAT_KIND_ANY = 1,
  ONEDNN_BLOCKED = 2,
  ONEDNN_FORMAT_KIND_OPAQUE = 3,
} onednn_format_kind;

/// Orders of axes in memory, slowest first; a capital letter is an axis with blocks, written again after its size.
typedef enum {
  ONEDNN_FORMAT_TAG_UNDEF = 0,
  ONEDNN_FORMAT_TAG_ANY = 1,
  ONEDNN_TAG_a = 2,
  ONEDNN_TAG_ab = 3,
  ONEDNN_TAG_abc = 4,
  ONEDNN_TAG_abcd = 5,
  ONEDNN_TAG_abcde = 6,
  ONEDNN_TAG_abcdef = 7,
  ONEDNN_TAG_ba = 14,
  ONEDNN_TAG_acb = 15,
  ONEDNN_TAG_bac = 16,
  ONEDNN_TAG_bca = 17,
  ONEDNN_TAG_cba = 19,
  ONEDNN_TAG_abdc = 20,
  ONEDNN_TAG_acdb = 22,
  ONEDNN_TAG_bacd = 25,
  ONEDNN_TAG_cdba = 28,
  ONEDNN_TAG_abdec = 31,
  ONEDNN_TAG_acdeb = 33,
  ONEDNN_TAG_aBc16b = 56,
  ONEDNN_TAG_aBc8b = 69,
  ONEDNN_TAG_aBcd16b = 78,
  ONEDNN_TAG_aBcd8b = 102,
  ONEDNN_TAG_aBcde16b = 121,
  ONEDNN_TAG_aBcde8b = 142,
} onednn_format_tag;

typedef enum {
  ONEDNN_PROP_KIND_UNDEF = 0,
  ONEDNN_FORWARD_TRAINING = 64,
  ONEDNN_FORWARD_INFERENCE = 96,
  ONEDNN_BACKWARD = 128,
  ONEDNN_BACKWARD_DATA = 160,
  ONEDNN_BACKWARD_WEIGHTS = 192,
} onednn_prop_kind;

typedef enum {
  ONEDNN_ALG_KIND_UNDEF = 0,
  ONEDNN_CONVOLUTION_DIRECT = 0x1,
  ONEDNN_CONVOLUTION_WINOGRAD = 0x2,
  ONEDNN_CONVOLUTION_AUTO = 0x3,
  ONEDNN_DECONVOLUTION_DIRECT = 0xa,
  ONEDNN_DECONVOLUTION_WINOGRAD = 0xb,
  ONEDNN_ELTWISE_RELU = 0x20,
  ONEDNN_ELTWISE_TANH = 0x21,
  ONEDNN_ELTWISE_ELU = 0x22,
  ONEDNN_ELTWISE_SQUARE = 0x23,
  ONEDNN_ELTWISE_ABS = 0x24,
  ONEDNN_ELTWISE_SQRT = 0x25,
  ONEDNN_ELTWISE_LINEAR = 0x26,
  ONEDNN_ELTWISE_SOFT_RELU = 0x27,
  ONEDNN_ELTWISE_HARDSIGMOID = 0x28,
  ONEDNN_ELTWISE_LOGISTIC = 0x29,
  ONEDNN_ELTWISE_EXP = 0x2a,
  ONEDNN_ELTWISE_GELU_TANH = 0x2b,
  ONEDNN_ELTWISE_SWISH = 0x2c,
  ONEDNN_ELTWISE_LOG = 0x2d,
  ONEDNN_ELTWISE_CLIP = 0x2e,
  ONEDNN_ELTWISE_CLIP_V2 = 0x2f,
  ONEDNN_ELTWISE_POW = 0x30,
  ONEDNN_ELTWISE_GELU_ERF = 0x31,
  ONEDNN_ELTWISE_ROUND = 0x32,
  ONEDNN_ELTWISE_MISH = 0x33,
  ONEDNN_ELTWISE_HARDSWISH = 0x34,
  ONEDNN_ELTWISE_RELU_USE_DST_FOR_BWD = 0x100,
  ONEDNN_ELTWISE_TANH_USE_DST_FOR_BWD = 0x101,
  ONEDNN_ELTWISE_ELU_USE_DST_FOR_BWD = 0x102,
  ONEDNN_ELTWISE_SQRT_USE_DST_FOR_BWD = 0x103,
  ONEDNN_ELTWISE_LOGISTIC_USE_DST_FOR_BWD = 0x104,
  ONEDNN_ELTWISE_EXP_USE_DST_FOR_BWD = 0x105,
  ONEDNN_ELTWISE_CLIP_V2_USE_DST_FOR_BWD = 0x106,
  ONEDNN_POOLING_MAX = 0x1ff,
  ONEDNN_POOLING_AVG_INCLUDE_PADDING = 0x2ff,
  ONEDNN_POOLING_AVG_EXCLUDE_PADDING = 0x3ff,
  ONEDNN_LRN_ACROSS_CHANNELS = 0xaff,
  ONEDNN_LRN_WITHIN_CHANNEL = 0xbff,
  ONEDNN_VANILLA_RNN = 0x1fff,
  ONEDNN_VANILLA_LSTM = 0x2fff,
  ONEDNN_VANILLA_GRU = 0x3fff,
  ONEDNN_LBR_GRU = 0x4fff,
  ONEDNN_BINARY_ADD = 0x1fff0,
  ONEDNN_BINARY_MUL = 0x1fff1,
  ONEDNN_BINARY_MAX = 0x1fff2,
  ONEDNN_BINARY_MIN = 0x1fff3,
  ONEDNN_BINARY_DIV = 0x1fff4,
  ONEDNN_BINARY_SUB = 0x1fff5,
  ONEDNN_BINARY_GE = 0x1fff6,
  ONEDNN_BINARY_GT = 0x1fff7,
  ONEDNN_BINARY_LE = 0x1fff8,
  ONEDNN_BINARY_LT = 0x1fff9,
  ONEDNN_BINARY_EQ = 0x1fffa,
  ONEDNN_BINARY_NE = 0x1fffb,
  ONEDNN_RESAMPLING_NEAREST = 0x2fff0,
  ONEDNN_RESAMPLING_LINEAR = 0x2fff1,
  ONEDNN_REDUCTION_MAX = 0x2fff2,
  ONEDNN_REDUCTION_MIN = 0x2fff3,
  ONEDNN_REDUCTION_SUM = 0x2fff4,
  ONEDNN_REDUCTION_MUL = 0x2fff5,
  ONEDNN_REDUCTION_MEAN = 0x2fff6,
  ONEDNN_REDUCTION_NORM_LP_MAX = 0x2fff7,
  ONEDNN_REDUCTION_NORM_LP_SUM = 0x2fff8,
  ONEDNN_REDUCTION_NORM_LP_POWER_P_MAX = 0x2fff9,
  ONEDNN_REDUCTION_NORM_LP_POWER_P_SUM = 0x2fffa,
  ONEDNN_SOFTMAX_ACCURATE = 0x30000,
  ONEDNN_SOFTMAX_LOG = 0x30001,
} onednn_alg_kind;

/// Flags of batch and layer normalization, combined with `|`.
enum {
  ONEDNN_NORMALIZATION_FLAGS_NONE = 0,
  ONEDNN_USE_GLOBAL_STATS = 1,
  ONEDNN_USE_SCALE = 2,
  ONEDNN_USE_SHIFT = 4,
  ONEDNN_FUSE_NORM_RELU = 8,
  ONEDNN_FUSE_NORM_ADD_RELU = 16,
};

/// Flags of recurrent cells.
enum {
  ONEDNN_RNN_FLAGS_UNDEF = 0,
  ONEDNN_RNN_FLAGS_DIFF_WEIGHTS_OVERWRITE = 1,
};

typedef enum {
  ONEDNN_UNIDIRECTIONAL_LEFT2RIGHT = 1,
  ONEDNN_UNIDIRECTIONAL_RIGHT2LEFT = 2,
  ONEDNN_BIDIRECTIONAL_CONCAT = 3,
  ONEDNN_BIDIRECTIONAL_SUM = 4,
} onednn_rnn_direction;

typedef enum {
  ONEDNN_CPU_ISA_DEFAULT = 0x0,
  ONEDNN_CPU_ISA_SSE41 = 0x1,
  ONEDNN_CPU_ISA_AVX = 0x3,
  ONEDNN_CPU_ISA_AVX2 = 0x7,
  ONEDNN_CPU_ISA_AVX512_CORE = 0x27,
  ONEDNN_CPU_ISA_AVX512_CORE_VNNI = 0x67,
  ONEDNN_CPU_ISA_AVX512_CORE_BF16 = 0xe7,
} onednn_cpu_isa;

/// Questions to a primitive descriptor or a memory descriptor; the comment names the type of the answer.
typedef enum {
  ONEDNN_QUERY_UNDEF = 0,
  ONEDNN_QUERY_ENGINE = 1,  // onednn_engine
  ONEDNN_QUERY_PRIMITIVE_KIND = 2,  // int
  ONEDNN_QUERY_NUM_OF_INPUTS_S32 = 3,  // int
  ONEDNN_QUERY_NUM_OF_OUTPUTS_S32 = 4,  // int
  ONEDNN_QUERY_MEMORY_CONSUMPTION_S64 = 6,  // int64_t, bytes
  ONEDNN_QUERY_IMPL_INFO_STR = 8,  // const char *
  ONEDNN_QUERY_PROP_KIND = 11,  // onednn_prop_kind
  ONEDNN_QUERY_ALG_KIND = 20,  // onednn_alg_kind
  ONEDNN_QUERY_SOME_MD = 128,  // the rest of this group: descriptors, by primitive_desc_query_md
  ONEDNN_QUERY_SRC_MD = 129,
  ONEDNN_QUERY_DIFF_SRC_MD = 130,
  ONEDNN_QUERY_WEIGHTS_MD = 131,
  ONEDNN_QUERY_DIFF_WEIGHTS_MD = 132,
  ONEDNN_QUERY_DST_MD = 133,
  ONEDNN_QUERY_DIFF_DST_MD = 134,
  ONEDNN_QUERY_WORKSPACE_MD = 135,
  ONEDNN_QUERY_SCRATCHPAD_MD = 136,
  ONEDNN_QUERY_EXEC_ARG_MD = 255,  // index: an ONEDNN_ARG_ value
  ONEDNN_QUERY_STRIDES = 14,  // int64_t * owned by the descriptor, here and below
  ONEDNN_QUERY_NDIMS_S32 = 256,  // int
  ONEDNN_QUERY_DIMS = 257,  // int64_t *
  ONEDNN_QUERY_DATA_TYPE = 258,  // onednn_data_type
  ONEDNN_QUERY_SUBMEMORY_OFFSET_S64 = 259,  // int64_t, elements
  ONEDNN_QUERY_PADDED_DIMS = 260,  // int64_t *
  ONEDNN_QUERY_PADDED_OFFSETS = 261,  // int64_t *
  ONEDNN_QUERY_FORMAT_KIND = 262,  // onednn_format_kind
  ONEDNN_QUERY_INNER_NBLKS_S32 = 263,  // int
  ONEDNN_QUERY_INNER_BLKS = 264,  // int64_t *
  ONEDNN_QUERY_INNER_IDXS = 265,  // int64_t *
} onednn_query;

/// Roles of a primitive's arguments.
enum {
  ONEDNN_ARG_SRC = 1,
  ONEDNN_ARG_SRC_0 = 1,
  ONEDNN_ARG_SRC_1 = 2,
  ONEDNN_ARG_FROM = 1,
  ONEDNN_ARG_SRC_LAYER = 1,
  ONEDNN_ARG_SRC_ITER = 2,
  ONEDNN_ARG_SRC_ITER_C = 3,
  ONEDNN_ARG_DST = 17,
  ONEDNN_ARG_TO = 17,
  ONEDNN_ARG_DST_LAYER = 17,
  ONEDNN_ARG_DST_ITER = 18,
  ONEDNN_ARG_DST_ITER_C = 19,
  ONEDNN_ARG_WEIGHTS = 33,
  ONEDNN_ARG_WEIGHTS_LAYER = 33,
  ONEDNN_ARG_WEIGHTS_ITER = 34,
  ONEDNN_ARG_WEIGHTS_PEEPHOLE = 35,
  ONEDNN_ARG_WEIGHTS_PROJECTION = 36,
  ONEDNN_ARG_BIAS = 41,
  ONEDNN_ARG_MEAN = 49,
  ONEDNN_ARG_VARIANCE = 50,
  ONEDNN_ARG_SCALE = 51,
  ONEDNN_ARG_SHIFT = 52,
  ONEDNN_ARG_WORKSPACE = 64,
  ONEDNN_ARG_SCRATCHPAD = 80,
  ONEDNN_ARG_DIFF_SRC = 129,
  ONEDNN_ARG_DIFF_SRC_LAYER = 129,
  ONEDNN_ARG_DIFF_SRC_0 = 129,
  ONEDNN_ARG_DIFF_SRC_1 = 130,
  ONEDNN_ARG_DIFF_SRC_ITER = 130,
  ONEDNN_ARG_DIFF_SRC_ITER_C = 131,
  ONEDNN_ARG_DIFF_DST = 145,
  ONEDNN_ARG_DIFF_DST_LAYER = 145,
  ONEDNN_ARG_DIFF_DST_ITER = 146,
  ONEDNN_ARG_DIFF_DST_ITER_C = 147,
  ONEDNN_ARG_DIFF_WEIGHTS = 161,
  ONEDNN_ARG_DIFF_WEIGHTS_LAYER = 161,
  ONEDNN_ARG_DIFF_WEIGHTS_ITER = 162,
  ONEDNN_ARG_DIFF_WEIGHTS_PEEPHOLE = 163,
  ONEDNN_ARG_DIFF_WEIGHTS_PROJECTION = 164,
  ONEDNN_ARG_DIFF_BIAS = 169,
  ONEDNN_ARG_DIFF_SCALE = 255,
  ONEDNN_ARG_DIFF_SHIFT = 256,
  ONEDNN_ARG_MULTIPLE_SRC = 1024,  // + index: concat, sum
  ONEDNN_ARG_ATTR_MULTIPLE_POST_OP_BASE = 32768,  // * (index + 1), | ONEDNN_ARG_SRC_1: operand of a binary post-op
};

#endif
