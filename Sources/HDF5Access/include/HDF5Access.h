// As much of HDF5 as files of weights need, behind functions that refuse what such files never have: links out of the
// file, compressed or external data, types that are neither numbers nor texts. Callers hold a lock: the library is not
// made for threads.
#ifndef HDF5_ACCESS_H
#define HDF5_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Where the bytes of a file come from: a file, an entry of an archive, memory. `read` gives 0 on success.
typedef struct {
  int (*read)(void *context, uint64_t offset, size_t count, void *into);
  void *context;
  uint64_t size;
} h5a_source;

/// An open file; negative where opening failed.
typedef int64_t h5a_file;

enum h5a_kind { H5A_GROUP = 0, H5A_DATASET = 1, H5A_OTHER = 2 };
enum h5a_type { H5A_FLOAT = 0, H5A_SIGNED = 1, H5A_UNSIGNED = 2 };
enum { H5A_MOST_AXES = 16 };

typedef struct {
  int type;         // h5a_type
  int bytes;        // of one element
  int rank;
  uint64_t sizes[H5A_MOST_AXES];
  uint64_t stored;  // bytes in the file
} h5a_dataset;

/// Sees to it that the library prints nothing.
void h5a_start(void);

h5a_file h5a_open(const h5a_source *source);
/// Closes the file and everything of it that is still open.
int h5a_close(h5a_file file);

/// Calls `visit` for each member of a group; a link that is not a hard one is `H5A_OTHER`. Stops where `visit` gives
/// non-zero. Negative on failure.
int h5a_members(
    h5a_file file, const char *group, int (*visit)(void *context, const char *name, int kind), void *context);

/// What a data set is; negative for what is no plain, uncompressed array of numbers inside the file.
int h5a_describe(h5a_file file, const char *path, h5a_dataset *about);
/// Reads a described data set in the machine's byte order into memory of `count` elements of `bytes` bytes.
int h5a_read(h5a_file file, const char *path, const h5a_dataset *about, void *into);

/// Calls `take` for each text of an attribute (one, or a list); 0 where there is none, negative on failure.
int h5a_texts(
    h5a_file file, const char *path, const char *name, uint64_t most_bytes,
    void (*take)(void *context, const char *text, size_t count), void *context);

// Writing

h5a_file h5a_create(const char *path);
int h5a_make_group(h5a_file file, const char *path);
int h5a_write(h5a_file file, const char *path, const h5a_dataset *about, const void *from);
int h5a_write_text(h5a_file file, const char *path, const char *name, const char *text);

#endif
