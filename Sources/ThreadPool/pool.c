// The pool: offering shares, taking them, waiting.
//
// Thread k of the pool takes share k of a region. The caller takes the shares that are still untaken when its own is
// done, so a thread without a core delays nobody. Waiting spins for a while, then sleeps. A thread that was seen to have
// no core is left out for a time: its share goes to the caller at once, unless the region is a long one or its shares
// wait for one another, which shows by lasting over a millisecond.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "region.h"
#include "waiting.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 4096, HEAVY = 256 };
enum { AWAKE, SLEEPS, DOZES };

/// In nanoseconds. How long an idle thread spins; how long the caller waits before it asks who is absent; in what time
/// an awake thread, and one just woken, takes its share if it has a core; what a long region is; how long an absent
/// thread is left out.
static const int64_t idle_spin = 2000000, patience = 300000, notice = 50000, waking = 500000, long_region = 1000000,
                     first_absence = 4000000, longest_absence = 160000000;

/// A thread's place. `offer` is 4 · region + 1 when its share is offered, + 2 when thread k is to take it even though it
/// is left out for now, and 4 · region when it is taken.
typedef struct {
  _Alignas(128) _Atomic uint64_t offer;
  _Atomic uint32_t asleep;               // AWAKE, SLEEPS until woken, DOZES for a while
  _Atomic uint64_t offered_at;           // ticks, for threads left out
  _Atomic int out;                       // 1 while left out
  _Alignas(128) _Atomic uint64_t done;   // last region whose share k was computed
  _Atomic int started;
  _Atomic uint64_t out_until;            // ticks
  // Of the callers, under the lock.
  uint64_t woken;                        // ticks
  int64_t absence, seen;
  pthread_t thread;
} seat;

static seat seats[MOST];                 // untouched ones take no memory
static int usual_threads = 1;
static _Atomic uint32_t lock;

/// The region in progress.
static struct {
  _Alignas(128) pool_body body;
  void *context;
  const void *kind;
  int threads;
  uint64_t number, begun;
  _Alignas(128) _Atomic int open;        // shares not yet done
  _Atomic uint32_t caller_asleep;
  _Alignas(128) _Atomic int arrived;     // at the barrier
  _Atomic uint32_t barriers;
} region;
static const void *heavy[HEAVY];

_Thread_local share pool_share = {0, 1, 0};

// MARK: - Shares

static void compute(seat *place, int k) {
  const share before = pool_share;
  pool_share = (share){k, region.threads, 1};
  region.body(region.context, k, region.threads);
  pool_share = before;
  const uint64_t number = region.number;
  atomic_store_explicit(&place->done, number, memory_order_relaxed);
  if (atomic_fetch_sub(&region.open, 1) == 1 && atomic_load(&region.caller_asleep)) wake(&region.caller_asleep);
}

static bool take(seat *place, uint64_t offer) {
  return (offer & 3) && atomic_compare_exchange_strong(&place->offer, &offer, offer & ~(uint64_t)3);
}

/// Whether thread k should take an offer: at once, or when left out only after a while.
static bool wanted(seat *place, uint64_t offer) {
  if (!(offer & 3)) return false;
  if ((offer & 2) || !atomic_load_explicit(&place->out, memory_order_relaxed)) return true;
  return nanoseconds_since(atomic_load_explicit(&place->offered_at, memory_order_relaxed)) > long_region;
}

static void *member(void *argument) {
  const int k = (int)(intptr_t)argument;
  seat *place = &seats[k];
  for (;;) {
    uint64_t idle_since = ticks(), offer;
    for (int turn = 1;; turn++) {
      offer = atomic_load_explicit(&place->offer, memory_order_acquire);
      if (wanted(place, offer)) break;
      relax();
      if (turn % 64) continue;
      // One that is left out looks every millisecond whether it is missed, until its time is well over.
      const bool out = atomic_load_explicit(&place->out, memory_order_relaxed) &&
                       nanoseconds_since(atomic_load(&place->out_until)) < 10 * long_region;
      if (!out && nanoseconds_since(idle_since) < idle_spin) continue;
      const uint32_t sleep = out ? DOZES : SLEEPS;
      atomic_store(&place->asleep, sleep);
      if (!wanted(place, atomic_load(&place->offer))) rest(&place->asleep, sleep, out ? long_region : 0);
      atomic_store(&place->asleep, AWAKE);
      turn = 0;
      if (!out) idle_since = ticks();
    }
    if (take(place, offer)) compute(place, k);
  }
  return NULL;
}

// MARK: - Threads

static void start(int k) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // signals belong to the program's own threads
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  bool good = pthread_create(&seats[k].thread, &attributes, member, (void *)(intptr_t)k) == 0;
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  char name[16];
  snprintf(name, sizeof name, "cajal-%d", k);
  if (good) pthread_setname_np(seats[k].thread, name);
  atomic_store(&seats[k].started, good);
}

/// After fork there is only the calling thread.
static void forget_threads(void) {
  for (int k = 1; k < MOST && atomic_load(&seats[k].started); k++) seats[k] = (seat){0};
  atomic_store(&lock, 0);
}

__attribute__((constructor)) static void look_out_for_forks(void) { pthread_atfork(NULL, NULL, forget_threads); }

int pool_threads(void) { return usual_threads; }
void pool_set_threads(int threads) { usual_threads = threads < 1 ? 1 : threads > MOST ? MOST : threads; }

// MARK: - Regions

/// The place in `heavy` of regions of a kind.
static const void **place_of(const void *kind) { return &heavy[((uintptr_t)kind >> 4) % HEAVY]; }

void pool_begin(pool_body body, void *context, int threads, const void *kind) {
  if (threads < 1) threads = usual_threads;
  if (threads > MOST) threads = MOST;
  if (pool_share.depth > 0 || threads == 1) {
    pool_share.depth += 1;
    // A region inside a region has one share; `pool_end` counts back.
    return;
  }
  hold(&lock);
  region.body = body;
  region.context = context;
  region.kind = kind;
  region.threads = threads;
  region.number += 1;
  region.begun = ticks();
  atomic_store_explicit(&region.open, threads - 1, memory_order_relaxed);
  atomic_store_explicit(&region.arrived, 0, memory_order_relaxed);
  const uint64_t offer = region.number * 4 + 1;
  for (int k = 1; k < threads; k++) {
    seat *place = &seats[k];
    if (!atomic_load_explicit(&place->started, memory_order_relaxed)) {
      start(k);
      place->woken = region.begun;
    }
    bool out = atomic_load_explicit(&place->out, memory_order_relaxed);
    if (out && (int64_t)(region.begun - atomic_load(&place->out_until)) > 0) {
      atomic_store_explicit(&place->out, 0, memory_order_relaxed);
      out = false;
    }
    const bool insist = out && *place_of(kind) == kind;
    if (out) atomic_store_explicit(&place->offered_at, region.begun, memory_order_relaxed);
    atomic_store(&place->offer, offer + insist);
    // One that sleeps is woken even when left out, to doze: nobody else would take its share if shares wait for it.
    const uint32_t asleep = atomic_load(&place->asleep);
    if (asleep == SLEEPS || (asleep == DOZES && (!out || insist))) {
      wake(&place->asleep);
      place->woken = region.begun;
    }
  }
  pool_share = (share){0, threads, 1};
}

/// Leaves a thread out that had no core when it was needed: shortly, or twice as long as before where it is absent again
/// sooner than that.
static void leave_out(seat *place) {
  if (atomic_load_explicit(&place->out, memory_order_relaxed)) return;
  const bool again = nanoseconds_since(atomic_load(&place->out_until)) < place->absence;
  place->absence = again ? place->absence * 2 : first_absence;
  if (place->absence > longest_absence) place->absence = longest_absence;
  atomic_store(&place->out_until, ticks() + ticks_of(place->absence));
  atomic_store_explicit(&place->out, 1, memory_order_relaxed);
}

/// Computes what is still offered. A thread that had time enough to take its share and did not has no core.
static void compute_rest(void) {
  const uint64_t offer = region.number * 4;
  for (int k = 1; k < region.threads; k++) {
    seat *place = &seats[k];
    const uint64_t found = atomic_load_explicit(&place->offer, memory_order_relaxed);
    if (found == offer || !take(place, found)) continue;
    const bool slow = nanoseconds_since(region.begun) > notice && nanoseconds_since(place->woken) > waking;
    compute(place, k);
    if (slow) leave_out(place);
  }
}

/// Threads that are not done and whose processor time stands still have no core.
static void look_for_absent(bool judge) {
  for (int k = 1; k < region.threads; k++) {
    seat *place = &seats[k];
    if (atomic_load(&place->done) == region.number) continue;
    const int64_t now = processor_nanoseconds(place->thread);
    if (judge && now - place->seen < patience / 2) leave_out(place);
    place->seen = now;
  }
}

static void wait_for_all(void) {
  uint64_t since = 0;
  bool looked = false;
  for (int turn = 1; atomic_load_explicit(&region.open, memory_order_acquire) > 0; turn++) {
    relax();
    if (turn % 64) continue;
    if (!since) {
      since = ticks();
      continue;
    }
    if (!looked && nanoseconds_since(since) > patience / 2) {
      look_for_absent(false);
      looked = true;
      since = ticks();
    } else if (looked && nanoseconds_since(since) > patience) {
      look_for_absent(true);
      atomic_store(&region.caller_asleep, 1);
      if (atomic_load(&region.open) > 0) rest(&region.caller_asleep, 1, long_region);
      atomic_store(&region.caller_asleep, 0);
      since = ticks();
    }
  }
}

void pool_end(void) {
  if (pool_share.depth > 1 || pool_share.threads == 1) {
    pool_share.depth -= 1;
    return;
  }
  pool_share = (share){0, 1, 0};
  bool someone_out = false;
  for (int k = 1; k < region.threads; k++) someone_out |= atomic_load_explicit(&seats[k].out, memory_order_relaxed);
  if (someone_out && nanoseconds_since(region.begun) > long_region)
    *place_of(region.kind) = region.kind;
  if (atomic_load_explicit(&region.open, memory_order_acquire) > 0) {
    compute_rest();
    wait_for_all();
  }
  release(&lock);
}

void pool_run(pool_body body, void *context, int threads) {
  if (threads > MOST) threads = MOST;
  if (threads <= 1 || pool_share.depth > 0) {
    body(context, 0, 1);
    return;
  }
  pool_begin(body, context, threads, (const void *)body);
  body(context, 0, threads);
  pool_end();
}

void pool_barrier(void) {
  if (pool_share.threads == 1 || pool_share.depth != 1) return;
  const uint32_t number = atomic_load(&region.barriers);
  if (atomic_fetch_add(&region.arrived, 1) + 1 == region.threads) {
    atomic_store(&region.arrived, 0);
    atomic_fetch_add(&region.barriers, 1);
    wake_all(&region.barriers);
    return;
  }
  for (int turn = 1; atomic_load_explicit(&region.barriers, memory_order_acquire) == number; turn++) {
    relax();
    if (turn % 16384 == 0) rest(&region.barriers, number, long_region);
  }
}

// MARK: - Measuring

static void meet(void *context, int thread, int threads) {
  (void)context, (void)thread, (void)threads;
  pool_barrier();
}

static int ascending(const void *left, const void *right) {
  const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

int64_t pool_fork_nanoseconds(int repeats) {
  int64_t times[1000];
  repeats = repeats < 1 ? 1 : repeats > 1000 ? 1000 : repeats;
  pool_run(meet, NULL, usual_threads);
  for (int i = 0; i < repeats; i++) {
    const uint64_t begun = ticks();
    pool_run(meet, NULL, usual_threads);
    times[i] = nanoseconds_since(begun);
  }
  qsort(times, (size_t)repeats, sizeof *times, ascending);
  return times[repeats / 2];
}
