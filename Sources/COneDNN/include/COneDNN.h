#ifndef C_ONEDNN_H
#define C_ONEDNN_H
#endif
