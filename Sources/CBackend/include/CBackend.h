// The graph knows no backend. Whichever one is linked into the program defines this symbol.
#ifndef C_BACKEND_H
#define C_BACKEND_H

/// Calls the linked backend's installation; returns 0 if there is none.
int cajal_find_backend(void);
#endif
