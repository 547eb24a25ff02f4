#include "CBackend.h"

extern void cajal_install_backend(void) __attribute__((weak));
extern void cajal_register_layers(void) __attribute__((weak));

int cajal_find_backend(void) {
  if (!cajal_install_backend) return 0;
  cajal_install_backend();
  return 1;
}

int cajal_find_layers(void) {
  if (!cajal_register_layers) return 0;
  cajal_register_layers();
  return 1;
}
