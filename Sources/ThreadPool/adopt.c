// Leads a loaded library's OpenMP calls to the pool, by writing the pool's functions over the addresses that the dynamic
// linker looked up for the library. A build of oneDNN for a caller's own threads would make this unnecessary; none is
// packaged.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "ThreadPool.h"
#include "openmp.h"
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__x86_64__)
static bool is_address(uint64_t type) { return type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT; }
#elif defined(__aarch64__)
static bool is_address(uint64_t type) { return type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_GLOB_DAT; }
#else
static bool is_address(uint64_t type) { (void)type; return false; }
#endif

/// The parts of a library's dynamic section that say what it calls.
typedef struct {
  const ElfW(Rela) *tables[2];
  size_t counts[2];
  const ElfW(Sym) *symbols;
  const char *names;
  ElfW(Addr) base;
} imports;

static const void *within(const imports *library, ElfW(Addr) address) {
  return (const void *)(address < library->base ? address + library->base : address);
}

static bool read_imports(void *handle, imports *library) {
  struct link_map *map = NULL;
  *library = (imports){0};
  if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || !map) return false;
  library->base = map->l_addr;
  bool with_addends = true;
  for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
    switch (entry->d_tag) {
    case DT_JMPREL: library->tables[0] = within(library, entry->d_un.d_ptr); break;
    case DT_PLTRELSZ: library->counts[0] = entry->d_un.d_val / sizeof(ElfW(Rela)); break;
    case DT_PLTREL: with_addends = entry->d_un.d_val == DT_RELA; break;
    case DT_RELA: library->tables[1] = within(library, entry->d_un.d_ptr); break;
    case DT_RELASZ: library->counts[1] = entry->d_un.d_val / sizeof(ElfW(Rela)); break;
    case DT_SYMTAB: library->symbols = within(library, entry->d_un.d_ptr); break;
    case DT_STRTAB: library->names = within(library, entry->d_un.d_ptr); break;
    }
  }
  return with_addends && library->symbols && library->names;
}

static void *replacement(const char *name) {
  for (const openmp_entry *entry = pool_openmp; entry->name; entry++)
    if (strcmp(entry->name, name) == 0) return entry->function;
  return NULL;
}

static bool is_openmp(const char *name) {
  return strncmp(name, "GOMP_", 5) == 0 || strncmp(name, "omp_", 4) == 0 || strncmp(name, "__kmpc_", 7) == 0;
}

/// The linker made the table read-only when it was done. From now on it stays writable.
static bool make_writable(void **place) {
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = (uintptr_t)place & ~(page - 1);
  return mprotect((void *)start, page, PROT_READ | PROT_WRITE) == 0;
}

enum { COUNT, MAKE_WRITABLE, WRITE, PASSES };

int pool_adopt(void *handle, char *message, size_t size) {
  imports library;
  if (!read_imports(handle, &library)) {
    snprintf(message, size, "its table of calls cannot be read");
    return -1;
  }
  int found = 0;
  for (int pass = COUNT; pass < PASSES; pass++) {
    for (int t = 0; t < 2; t++) {
      for (size_t i = 0; i < library.counts[t]; i++) {
        const ElfW(Rela) *entry = &library.tables[t][i];
        if (!is_address(ELF64_R_TYPE(entry->r_info))) continue;
        const char *name = library.names + library.symbols[ELF64_R_SYM(entry->r_info)].st_name;
        if (!is_openmp(name)) continue;
        void *function = replacement(name);
        if (!function) {
          snprintf(message, size, "it calls %s, which the pool does not offer", name);
          return -1;
        }
        found++;
        void **place = (void **)(library.base + entry->r_offset);
        if (pass == WRITE) *place = function;
        if (pass == MAKE_WRITABLE && !make_writable(place)) {
          snprintf(message, size, "its table of calls cannot be written");
          return -1;
        }
      }
    }
  }
  if (!found) snprintf(message, size, "it makes no calls of OpenMP that can be led elsewhere");
  return found ? 0 : -1;
}
