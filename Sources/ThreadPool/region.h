// What the pool and the OpenMP entry points share: a region that is begun, computed and ended by its caller.
#ifndef THREAD_POOL_REGION_H
#define THREAD_POOL_REGION_H
#include "ThreadPool.h"

/// Which share this thread computes, and of how many; {0, 1} outside a region.
typedef struct {
  int thread, threads, depth;
} share;
extern _Thread_local share pool_share;

/// Opens a region and offers its shares 1, 2, ...; the caller computes share 0, then calls `pool_end`. Regions of one
/// `kind` are taken to last alike.
void pool_begin(pool_body body, void *context, int threads, const void *kind);

/// Computes the shares nobody has taken and waits for the others.
void pool_end(void);
#endif
