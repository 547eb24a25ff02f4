// Finds libdnnl and fills the table.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE  // dladdr, secure_getenv
#endif
#include "COneDNN.h"
#include "ThreadPool.h"
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, LEVELS_ABOVE_PROGRAM = 8 };

static OneDNN table;
static _Atomic(const OneDNN *) loaded;
static char failure[3 * PATH_SIZE];
static char passed_over[PATH_SIZE];
static char library_path[PATH_SIZE], description[400];

const OneDNN *onednn_table(void) { return atomic_load_explicit(&loaded, memory_order_acquire); }

// MARK: - Candidates

static const char *const names[] = {"libdnnl.so.3", "libdnnl.so"};

/// Writes formatted text into a path; 0 when it does not fit.
__attribute__((format(printf, 2, 3))) static int set_path(char path[PATH_SIZE], const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(path, PATH_SIZE, format, arguments);
  va_end(arguments);
  return length >= 0 && length < PATH_SIZE;
}

/// A file of this user's, the administrator's or the program's owner's: a stranger's library is not run by chance.
static int is_trusted_file(const char *path) {
  struct stat file, program;
  if (stat(path, &file) != 0 || !S_ISREG(file.st_mode)) return 0;
  if (file.st_uid == 0 || file.st_uid == geteuid()) return 1;
  if (stat("/proc/self/exe", &program) == 0 && file.st_uid == program.st_uid) return 1;
  if (!*passed_over) snprintf(passed_over, sizeof passed_over, "%s", path);
  return 0;
}

static int find_in(char path[PATH_SIZE], const char *folder, const char *below) {
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (set_path(path, "%s%s/%s", folder, below, names[i]) && is_trusted_file(path)) return 1;
  return 0;
}

static int find_near_program(char path[PATH_SIZE], char folder[PATH_SIZE]) {
  return find_in(path, folder, "") || find_in(path, folder, "/lib");
}

static int find_in_prefix(char path[PATH_SIZE]) {
  const char *prefix = secure_getenv("CAJAL_PREFIX");
  const char *data = secure_getenv("XDG_DATA_HOME");
  const char *home = secure_getenv("HOME");
  if (prefix && *prefix) return find_in(path, prefix, "/lib");
  if (data && *data) return find_in(path, data, "/cajal/lib");
  return home && *home && find_in(path, home, "/.local/share/cajal/lib");
}

/// Builds and test bundles lie in `.build`, below the folder that holds `.vendor`. Shortens `folder`.
static int find_above_program(char path[PATH_SIZE], char folder[PATH_SIZE]) {
  for (int level = 0; level <= LEVELS_ABOVE_PROGRAM; level++) {
    if (find_in(path, folder, "/.vendor/lib")) return 1;
    char *slash = strrchr(folder, '/');
    if (!slash) return 0;
    *slash = 0;
  }
  return 0;
}

/// The file to load: a path, or a bare name for the system to find; 0, and `failure` set, when CAJAL_ONEDNN misleads.
static int find_library(char path[PATH_SIZE]) {
  const char *named = secure_getenv("CAJAL_ONEDNN");
  if (named && *named) {
    struct stat status;
    if (stat(named, &status) != 0) {
      snprintf(failure, sizeof failure,
               "CAJAL_ONEDNN is '%s': %s. Set it to the file libdnnl.so.3 or to its folder, or unset it.", named,
               strerror(errno));
      return 0;
    }
    if (!S_ISDIR(status.st_mode)) return set_path(path, strchr(named, '/') ? "%s" : "./%s", named);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
      if (set_path(path, "%s/%s", named, names[i]) && access(path, F_OK) == 0) return 1;
    snprintf(failure, sizeof failure,
             "CAJAL_ONEDNN is the folder '%s', which holds no libdnnl.so.3. Set it to the folder of oneDNN 3, or "
             "unset it.",
             named);
    return 0;
  }
  char folder[PATH_SIZE];
  ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
  folder[length > 0 ? length : 0] = 0;
  char *slash = strrchr(folder, '/');
  if (slash) *slash = 0;
  if (slash && find_near_program(path, folder)) return 1;
  if (find_in_prefix(path)) return 1;
  if (slash && find_above_program(path, folder)) return 1;
  return set_path(path, "%s", names[0]);
}

// MARK: - Filling

/// Leads oneDNN's threads into the pool, so that the process has one set of threads with one way of waiting.
static void adopt_threads(void *library) {
  char reason[200] = "";
  table.shares_pool = pool_adopt(library, reason, sizeof reason) == 0;
  const char *runtime = "no threads";
  switch (table.version()->cpu_runtime) {
  case ONEDNN_RUNTIME_OMP: runtime = "OpenMP"; break;
  case ONEDNN_RUNTIME_TBB: runtime = "TBB"; break;
  case ONEDNN_RUNTIME_THREADPOOL: runtime = "a caller's thread pool"; break;
  }
  snprintf(description, sizeof description, "oneDNN %d.%d.%d, %s%s%s", table.major, table.minor, table.patch,
           table.shares_pool ? "in Cajal's threads" : runtime, table.shares_pool ? "" : ": keeps threads of its own, for ",
           table.shares_pool ? "" : reason);
  table.description = description;
}

/// Every function of functions.def by its symbol; the name of the first missing one, or NULL.
static const char *fill_functions(void *library) {
#define ONEDNN_FUNCTION(result, name, parameters)                                                                    \
  if (!(*(void **)&table.name = dlsym(library, "dnnl_" #name))) return "dnnl_" #name;
#include "functions.def"
#undef ONEDNN_FUNCTION
  return NULL;
}

static void explain_absence(const char *path, const char *reason) {
  if (strchr(path, '/')) {
    snprintf(failure, sizeof failure, "'%s' is there but cannot be loaded: %s.%s", path, reason,
             strstr(reason, "libgomp") ? " Install libgomp (Debian, Ubuntu: libgomp1)." : "");
    return;
  }
  snprintf(failure, sizeof failure,
           "Cajal computes with oneDNN 3 (libdnnl.so.3), and this machine has none that it can find. Run 'make setup' "
           "in Cajal's folder, or install your distribution's oneDNN 3, or set CAJAL_ONEDNN to the file or its folder. "
           "(The system said: %s.%s%s%s)",
           reason, *passed_over ? " Passed over, because it belongs to another user: '" : "", passed_over,
           *passed_over ? "'." : "");
}

static void load(void) {
  char path[PATH_SIZE];
  if (!find_library(path)) {
    if (!*failure) snprintf(failure, sizeof failure, "CAJAL_ONEDNN is longer than a path can be.");
    return;
  }
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *reason = dlerror();
    explain_absence(path, reason ? reason : "no reason given");
    return;
  }
  const onednn_version *(*version)(void) = NULL;
  *(void **)&version = dlsym(library, "dnnl_version");
  Dl_info origin = {0};
  if (version) dladdr((void *)version, &origin);
  snprintf(library_path, sizeof library_path, "%s", origin.dli_fname ? origin.dli_fname : path);
  table.path = library_path;
  if (!version || version()->major != 3) {
    char found[64] = "is not oneDNN";
    if (version) snprintf(found, sizeof found, "is oneDNN %d.%d", version()->major, version()->minor);
    snprintf(failure, sizeof failure,
             "'%s' %s; Cajal needs version 3. Run 'make setup' in Cajal's folder, or set CAJAL_ONEDNN to a "
             "libdnnl.so.3.",
             library_path, found);
    dlclose(library);
    return;
  }
  table.major = version()->major;
  table.minor = version()->minor;
  table.patch = version()->patch;
  const char *missing = fill_functions(library);
  if (missing) {
    snprintf(failure, sizeof failure,
             "'%s' is oneDNN %d.%d.%d but lacks the function %s. Run 'make setup' in Cajal's folder, or set "
             "CAJAL_ONEDNN to a complete libdnnl.so.3.",
             library_path, table.major, table.minor, table.patch, missing);
    dlclose(library);
    return;
  }
  adopt_threads(library);
  atomic_store_explicit(&loaded, &table, memory_order_release);
}

int onednn_load(char *message, size_t size) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  if (onednn_table()) return 0;
  if (message && size) snprintf(message, size, "%s", failure);
  return -1;
}
