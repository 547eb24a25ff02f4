// The graph knows no backend, and files of models know no architectures. Whichever are linked into the program define
// the symbols that are looked for here.
#ifndef C_BACKEND_H
#define C_BACKEND_H

/// Calls the linked backend's installation; returns 0 if there is none.
int cajal_find_backend(void);

/// Lets a linked library of architectures register its layers; returns 0 if there is none.
int cajal_find_layers(void);
#endif
