#ifndef THREAD_POOL_OPENMP_H
#define THREAD_POOL_OPENMP_H

typedef struct {
  const char *name;
  void *function;
} openmp_entry;

/// What the pool offers under OpenMP's names; the last name is NULL.
extern const openmp_entry pool_openmp[];
#endif
