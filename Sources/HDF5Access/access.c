#include "HDF5Access.h"

#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

void h5a_start(void) {
  // Files that a full disk has kept from closing bring the library down when it cleans up at the end of the process.
  H5dont_atexit();
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

// MARK: - A driver that reads from a caller's source

typedef struct {
  H5FD_t pub;
  h5a_source source;
  haddr_t eoa;
} file_t;

static H5FD_t *driver_open(const char *name, unsigned flags, hid_t fapl, haddr_t most) {
  (void)name;
  (void)most;
  if (flags & H5F_ACC_RDWR) return NULL;
  const h5a_source *source = H5Pget_driver_info(fapl);
  if (source == NULL) return NULL;
  file_t *file = calloc(1, sizeof *file);
  if (file == NULL) return NULL;
  file->source = *source;
  return &file->pub;
}

static herr_t driver_close(H5FD_t *file) {
  free(file);
  return 0;
}

static int driver_compare(const H5FD_t *a, const H5FD_t *b) {
  const file_t *x = (const file_t *)a, *y = (const file_t *)b;
  return x->source.context < y->source.context ? -1 : x->source.context > y->source.context;
}

static herr_t driver_query(const H5FD_t *file, unsigned long *flags) {
  (void)file;
  *flags = H5FD_FEAT_DATA_SIEVE;
  return 0;
}

static haddr_t driver_eoa(const H5FD_t *file, H5FD_mem_t type) {
  (void)type;
  return ((const file_t *)file)->eoa;
}

static herr_t driver_set_eoa(H5FD_t *file, H5FD_mem_t type, haddr_t address) {
  (void)type;
  ((file_t *)file)->eoa = address;
  return 0;
}

static haddr_t driver_eof(const H5FD_t *file, H5FD_mem_t type) {
  (void)type;
  return ((const file_t *)file)->source.size;
}

static herr_t driver_read(H5FD_t *file, H5FD_mem_t type, hid_t dxpl, haddr_t address, size_t count, void *into) {
  (void)type;
  (void)dxpl;
  file_t *self = (file_t *)file;
  if (address > self->source.size || count > self->source.size - address) return -1;
  return self->source.read(self->source.context, address, count, into) == 0 ? 0 : -1;
}

static herr_t driver_write(
    H5FD_t *file, H5FD_mem_t type, hid_t dxpl, haddr_t address, size_t count, const void *from) {
  (void)file, (void)type, (void)dxpl, (void)address, (void)count, (void)from;
  return -1;
}

static hid_t driver(void) {
  static hid_t known = -1;
  if (known >= 0) return known;
  H5FD_class_t class;
  memset(&class, 0, sizeof class);
#ifdef H5FD_CLASS_VERSION
  class.version = H5FD_CLASS_VERSION;
  class.value = (H5FD_class_value_t)600;
#endif
  class.name = "source";
  class.maxaddr = (haddr_t)1 << 62;
  class.fc_degree = H5F_CLOSE_STRONG;
  class.fapl_size = sizeof(h5a_source);
  class.open = driver_open;
  class.close = driver_close;
  class.cmp = driver_compare;
  class.query = driver_query;
  class.get_eoa = driver_eoa;
  class.set_eoa = driver_set_eoa;
  class.get_eof = driver_eof;
  class.read = driver_read;
  class.write = driver_write;
  const H5FD_mem_t map[H5FD_MEM_NTYPES] = H5FD_FLMAP_SINGLE;
  memcpy(class.fl_map, map, sizeof map);
  known = H5FDregister(&class);
  return known;
}

// MARK: - Reading

h5a_file h5a_open(const h5a_source *source) {
  h5a_start();
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  if (access < 0) return -1;
  h5a_file file = -1;
  if (driver() >= 0 && H5Pset_driver(access, driver(), source) >= 0 &&
      H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0) {
    file = H5Fopen("source", H5F_ACC_RDONLY, access);
  }
  H5Pclose(access);
  return file;
}

int h5a_close(h5a_file file) { return file >= 0 && H5Fclose(file) < 0 ? -1 : 0; }

static int kind_of(hid_t group, const char *name) {
  H5L_info_t link;
  if (H5Lget_info(group, name, &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD) return H5A_OTHER;
  hid_t object = H5Oopen(group, name, H5P_DEFAULT);
  if (object < 0) return H5A_OTHER;
  H5I_type_t type = H5Iget_type(object);
  H5Oclose(object);
  return type == H5I_GROUP ? H5A_GROUP : type == H5I_DATASET ? H5A_DATASET : H5A_OTHER;
}

typedef struct {
  int (*visit)(void *context, const char *name, int kind);
  void *context;
} visitor;

static herr_t member(hid_t group, const char *name, const H5L_info_t *info, void *data) {
  (void)info;
  const visitor *self = data;
  return self->visit(self->context, name, kind_of(group, name));
}

int h5a_members(
    h5a_file file, const char *group, int (*visit)(void *context, const char *name, int kind), void *context) {
  hid_t id = H5Gopen2(file, group, H5P_DEFAULT);
  if (id < 0) return -1;
  visitor self = {visit, context};
  herr_t result = H5Literate(id, H5_INDEX_NAME, H5_ITER_INC, NULL, member, &self);
  H5Gclose(id);
  return result < 0 ? -1 : 0;
}

static hid_t machine_type(const h5a_dataset *about) {
  switch (about->type) {
    case H5A_FLOAT: return about->bytes == 4 ? H5T_NATIVE_FLOAT : about->bytes == 8 ? H5T_NATIVE_DOUBLE : -1;
    case H5A_SIGNED:
      return about->bytes == 1   ? H5T_NATIVE_INT8
             : about->bytes == 2 ? H5T_NATIVE_INT16
             : about->bytes == 4 ? H5T_NATIVE_INT32
             : about->bytes == 8 ? H5T_NATIVE_INT64
                                 : -1;
    case H5A_UNSIGNED:
      return about->bytes == 1   ? H5T_NATIVE_UINT8
             : about->bytes == 2 ? H5T_NATIVE_UINT16
             : about->bytes == 4 ? H5T_NATIVE_UINT32
             : about->bytes == 8 ? H5T_NATIVE_UINT64
                                 : -1;
    default: return -1;
  }
}

/// The 16-bit floats of the file, which the library has no name for.
static hid_t half_type(void) {
  hid_t type = H5Tcopy(H5T_IEEE_F32LE);
  if (type < 0) return -1;
  H5Tset_fields(type, 15, 10, 5, 0, 10);
  H5Tset_size(type, 2);
  H5Tset_ebias(type, 15);
  return type;
}

int h5a_describe(h5a_file file, const char *path, h5a_dataset *about) {
  int result = -1;
  memset(about, 0, sizeof *about);
  hid_t set = H5Dopen2(file, path, H5P_DEFAULT), space = -1, type = -1, made = -1;
  if (set < 0) return -1;
  if ((space = H5Dget_space(set)) < 0 || (type = H5Dget_type(set)) < 0 || (made = H5Dget_create_plist(set)) < 0) goto end;
  H5D_layout_t layout = H5Pget_layout(made);
  if (layout != H5D_CONTIGUOUS && layout != H5D_COMPACT) goto end;
  if (H5Pget_nfilters(made) != 0 || H5Pget_external_count(made) != 0) goto end;
  H5S_class_t extent = H5Sget_simple_extent_type(space);
  if (extent != H5S_SIMPLE && extent != H5S_SCALAR) goto end;
  about->rank = H5Sget_simple_extent_ndims(space);
  if (about->rank < 0 || about->rank > H5A_MOST_AXES) goto end;
  hsize_t sizes[H5S_MAX_RANK];
  if (about->rank > 0 && H5Sget_simple_extent_dims(space, sizes, NULL) < 0) goto end;
  for (int axis = 0; axis < about->rank; axis++) about->sizes[axis] = sizes[axis];
  H5T_class_t class = H5Tget_class(type);
  about->bytes = (int)H5Tget_size(type);
  if (class == H5T_FLOAT) {
    about->type = H5A_FLOAT;
    if (about->bytes != 2 && about->bytes != 4 && about->bytes != 8) goto end;
  } else if (class == H5T_INTEGER) {
    about->type = H5Tget_sign(type) == H5T_SGN_NONE ? H5A_UNSIGNED : H5A_SIGNED;
    if (about->bytes != 1 && about->bytes != 2 && about->bytes != 4 && about->bytes != 8) goto end;
  } else {
    goto end;
  }
  about->stored = H5Dget_storage_size(set);
  result = 0;
end:
  if (made >= 0) H5Pclose(made);
  if (type >= 0) H5Tclose(type);
  if (space >= 0) H5Sclose(space);
  H5Dclose(set);
  return result;
}

int h5a_read(h5a_file file, const char *path, const h5a_dataset *about, void *into) {
  hid_t set = H5Dopen2(file, path, H5P_DEFAULT);
  if (set < 0) return -1;
  bool is_half = about->type == H5A_FLOAT && about->bytes == 2;
  hid_t type = is_half ? half_type() : machine_type(about);
  herr_t result = type < 0 ? -1 : H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, into);
  if (is_half && type >= 0) H5Tclose(type);
  H5Dclose(set);
  return result < 0 ? -1 : 0;
}

int h5a_texts(
    h5a_file file, const char *path, const char *name, uint64_t most_bytes,
    void (*take)(void *context, const char *text, size_t count), void *context) {
  hid_t object = H5Oopen(file, path, H5P_DEFAULT), attribute = -1, type = -1, space = -1, memory = -1;
  if (object < 0) return -1;
  int result = -1;
  htri_t exists = H5Aexists(object, name);
  if (exists <= 0) {
    H5Oclose(object);
    return exists == 0 ? 0 : -1;
  }
  if ((attribute = H5Aopen(object, name, H5P_DEFAULT)) < 0) goto end;
  if ((type = H5Aget_type(attribute)) < 0 || (space = H5Aget_space(attribute)) < 0) goto end;
  hssize_t count = H5Sget_simple_extent_npoints(space);
  if (count == 0) {
    result = 0;
    goto end;
  }
  if (count < 0 || (uint64_t)count > most_bytes / 16 || H5Tget_class(type) != H5T_STRING) goto end;
  htri_t varies = H5Tis_variable_str(type);
  if (varies < 0 || (memory = H5Tcopy(H5T_C_S1)) < 0) goto end;
  H5Tset_cset(memory, H5Tget_cset(type));
  if (varies > 0) {
    char **texts = calloc((size_t)count, sizeof *texts);
    if (texts != NULL && H5Tset_size(memory, H5T_VARIABLE) >= 0 && H5Aread(attribute, memory, texts) >= 0) {
      for (hssize_t i = 0; i < count; i++) {
        if (texts[i] != NULL) take(context, texts[i], strlen(texts[i]));
      }
      H5Dvlen_reclaim(memory, space, H5P_DEFAULT, texts);
      result = 1;
    }
    free(texts);
  } else {
    size_t size = H5Tget_size(type);
    if (size == 0 || size > most_bytes / (uint64_t)count) goto end;
    char *bytes = calloc((size_t)count, size);
    if (bytes != NULL && H5Aread(attribute, type, bytes) >= 0) {
      for (hssize_t i = 0; i < count; i++) {
        const char *text = bytes + (size_t)i * size;
        take(context, text, strnlen(text, size));
      }
      result = 1;
    }
    free(bytes);
  }
end:
  if (memory >= 0) H5Tclose(memory);
  if (space >= 0) H5Sclose(space);
  if (type >= 0) H5Tclose(type);
  if (attribute >= 0) H5Aclose(attribute);
  H5Oclose(object);
  return result;
}

// MARK: - Writing

h5a_file h5a_create(const char *path) {
  h5a_start();
  return H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
}

int h5a_make_group(h5a_file file, const char *path) {
  hid_t with = H5Pcreate(H5P_LINK_CREATE);
  if (with < 0) return -1;
  H5Pset_create_intermediate_group(with, 1);
  hid_t group = H5Gcreate2(file, path, with, H5P_DEFAULT, H5P_DEFAULT);
  H5Pclose(with);
  if (group < 0) return -1;
  return H5Gclose(group) < 0 ? -1 : 0;
}

int h5a_write(h5a_file file, const char *path, const h5a_dataset *about, const void *from) {
  hsize_t sizes[H5A_MOST_AXES];
  for (int axis = 0; axis < about->rank; axis++) sizes[axis] = about->sizes[axis];
  bool is_half = about->type == H5A_FLOAT && about->bytes == 2;
  hid_t type = is_half ? half_type() : machine_type(about);
  hid_t space = about->rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(about->rank, sizes, NULL);
  hid_t set = -1;
  int result = -1;
  if (type >= 0 && space >= 0 &&
      (set = H5Dcreate2(file, path, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)) >= 0) {
    result = H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, from) < 0 ? -1 : 0;
    if (H5Dclose(set) < 0) result = -1;
  }
  if (space >= 0) H5Sclose(space);
  if (is_half && type >= 0) H5Tclose(type);
  return result;
}

int h5a_write_text(h5a_file file, const char *path, const char *name, const char *text) {
  int result = -1;
  hid_t object = H5Oopen(file, path, H5P_DEFAULT), type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR), made = -1;
  if (object >= 0 && type >= 0 && space >= 0 && H5Tset_size(type, H5T_VARIABLE) >= 0 &&
      H5Tset_cset(type, H5T_CSET_UTF8) >= 0 &&
      (made = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT)) >= 0) {
    result = H5Awrite(made, type, &text) < 0 ? -1 : 0;
    H5Aclose(made);
  }
  if (space >= 0) H5Sclose(space);
  if (type >= 0) H5Tclose(type);
  if (object >= 0) H5Oclose(object);
  return result;
}
