// What the parts of the map kernel share: the compiled program, the plan of each segment and the state of each worker.
#ifndef VK_MAP_INTERNAL_H
#define VK_MAP_INTERNAL_H
#include <stdbool.h>
#include "map.h"

enum { LANES = 1024, STEP_LANES = 16 };

/// A step after register allocation: slots instead of registers.
typedef struct lane_step lane_step;
typedef void (*lane_operation)(const lane_step *step, char *const *slots, int64_t lanes);
struct lane_step {
  lane_operation run;
  uint16_t d, a, b, c;
  uint8_t op, tail;
  double scale, shift, tail_scale, tail_shift;
  uint16_t more[4], also[2];        // of STEP_MOMENTS: sources after c, results after d
};

/// The step of Adam and its like over its first and second moments: a gradient g, averages m and v of it and of its square,
/// w, the shares by which the averages move, a rate. Results w - m' rate / (sqrt(v') scale + shift), m' and v'.
enum { STEP_MOMENTS = VK_OPERATIONS };

/// The cheap step that reads a costly one's result r, done in its loop: r s + t, r + c, r + relu(c s + t), r c.
enum { TAIL_NONE, TAIL_AFFINE, TAIL_ADD, TAIL_ADD_RELU, TAIL_MUL };

/// How the lanes of a tile lie in an operand: side by side, all the same, or by a table of offsets.
enum { LIES_DIRECT, LIES_SPLAT, LIES_RUNS, LIES_TABLE };
/// How the lanes of a tile meet the accumulators of a reduced output.
enum { FOLD_ALL, FOLD_LANES, FOLD_PERIOD, FOLD_ROWS, FOLD_TABLE };

typedef struct {
  void *pointer;
  uint8_t lies, fold;
  bool fixed;                       // splat at one address for the whole segment
  int64_t step[VK_MAP_RANK + 1];    // elements per tile-loop index; the last one belongs to the split axis
  int64_t run, run_stride, row_step;  // LIES_RUNS: runs of `run` lanes, inner stride 0 or 1, row_step apart
  int64_t *offsets;                 // LIES_TABLE, FOLD_TABLE: one per lane of a full tile
  int64_t accumulators, count;      // reduced outputs: first accumulator and how many
} operand_plan;

typedef struct {
  int32_t loops;                    // odometer digits; the last counts tiles along the split axis
  int64_t extent[VK_MAP_RANK + 1];
  int64_t split, rows, inner;       // split axis length, its indices per tile, lanes per index
  int64_t tiles, grain, elements;
  bool fetches;                     // more than the caches hold: lines of results are asked for a tile ahead
  bool flat;                        // numbers side by side in the arithmetic type, stored, or one for all
  operand_plan *operands;
  // The space of each reduced output, for its initialisation and final store.
  int32_t rank;
  int64_t dims[VK_MAP_RANK];
  int64_t *strides;                 // [operands][rank], after reordering
  int64_t *compact;                 // [outputs][rank], strides among the accumulators
} segment_plan;

typedef struct {
  uint16_t slot;                    // where the value is
  uint8_t type, mode, across;
  bool in_place;                    // the program may write it straight into the caller's memory
  double scale;
  uint64_t read_later;              // inputs still read after the value is made: these forbid writing it in place
} output_plan;

typedef struct {
  char **slots;                     // after the last one: what costly steps fetch ahead
  char *tiles;                      // one tile for each slot, then three for conversions
  char *spare;
  double *accumulators;
  const char **held;                // per input: address expanded in its tile now
  uint64_t direct;                  // outputs that slices of a flat segment write in place
} map_worker;

/// Elements of a flat segment, one input of which lies elsewhere: at `values`, or -1 for none.
typedef struct {
  int64_t first, count;
  int32_t operand;
  const void *values;
} map_slice;

/// One instruction set's lane operations and tile loop.
typedef struct {
  const lane_operation *operations[3];  // by class; unary plain at [op], affine at [VK_OPERATIONS + op]
  const lane_operation *tailed;         // of floats: costly operations with their tail
  lane_operation moments;               // of floats
  void (*range)(struct vk_map *, map_worker *, int32_t segment, int64_t first, int64_t last);
  void (*open)(struct vk_map *, map_worker *, const segment_plan *);
  void (*slice)(struct vk_map *, map_worker *, const segment_plan *, const map_slice *);
} lane_table;

struct vk_map {
  int32_t class_, threads, inputs, outputs, segments, body, prologue, slots;
  uint8_t *input_types;
  lane_step *steps;                 // prologue (once per segment), then body (once per tile)
  output_plan *output;
  segment_plan *segment;
  map_worker *workers;
  int64_t accumulators, elements;
  uint64_t uniform;                 // inputs that are one number in every segment
  bool reduces, private_accumulators;
  const lane_table *lanes;
};

static inline int64_t vk_dtype_size(uint8_t type) {
  static const uint8_t size[] = {4, 8, 2, 2, 1, 1, 4, 8, 1};
  return size[type];
}

extern const lane_table vk_lanes_base;
#if defined(__x86_64__)
extern const lane_table vk_lanes_v3, vk_lanes_v4;
#endif

bool vk_map_program(struct vk_map *map, const vk_map_description *description, char *message, size_t capacity);
bool vk_map_layout(struct vk_map *map, int32_t index, const vk_map_description *description, char *message,
                   size_t capacity);
#endif
