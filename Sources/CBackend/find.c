#include "CBackend.h"

extern void cajal_install_backend(void) __attribute__((weak));

int cajal_find_backend(void) {
  if (!cajal_install_backend) return 0;
  cajal_install_backend();
  return 1;
}
