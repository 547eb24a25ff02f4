// Entry points of the bodies in levels/: the level is the processor's, found at run time.
#ifndef VK_LEVELS_H
#define VK_LEVELS_H

#if defined(__x86_64__)
#define VK_CHOICE(linkage, entry, body) \
  void body##_wide(void *); \
  void body##_middle(void *); \
  void body##_plain(void *); \
  linkage void entry(void *arguments) { \
    if (__builtin_cpu_supports("x86-64-v4")) body##_wide(arguments); \
    else if (__builtin_cpu_supports("x86-64-v3")) body##_middle(arguments); \
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
