// Entry points of the bodies in levels/: the level is the processor's, found at start-up.
#ifndef VK_LEVELS_H
#define VK_LEVELS_H

/// 0 plain, 1 middle, 2 wide; the environment variable CAJAL_VECTOR_LEVEL (plain, middle) lowers it, for tests.
extern int vk_level;

#if defined(__x86_64__)
#define VK_CHOICE(linkage, entry, body) \
  void body##_wide(void *); \
  void body##_middle(void *); \
  void body##_plain(void *); \
  linkage void entry(void *arguments) { \
    if (vk_level == 2) body##_wide(arguments); \
    else if (vk_level == 1) body##_middle(arguments); \
    else body##_plain(arguments); \
  }
#else
#define VK_CHOICE(linkage, entry, body) \
  void body##_plain(void *); \
  linkage void entry(void *arguments) { body##_plain(arguments); }
#endif

/// The public function `name`, whose bodies are VK_LEVEL(name).
#define VK_ENTRY(name) VK_CHOICE(, name, name)
#endif
