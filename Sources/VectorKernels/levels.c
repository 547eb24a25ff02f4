#include "levels.h"

#include <stdlib.h>
#include <string.h>

int vk_level;

__attribute__((constructor)) static void find_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  vk_level = __builtin_cpu_supports("x86-64-v4") ? 2 : __builtin_cpu_supports("x86-64-v3") ? 1 : 0;
#endif
  const char *wanted = getenv("CAJAL_VECTOR_LEVEL");
  if (!wanted) return;
  if (!strcmp(wanted, "plain")) vk_level = 0;
  if (!strcmp(wanted, "middle") && vk_level > 1) vk_level = 1;
}
