// The bodies for every processor.
#define VK_LEVEL(name) name##_plain
#include "bodies.h"
