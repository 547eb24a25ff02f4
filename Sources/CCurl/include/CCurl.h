// The few functions of libcurl that a download needs, found when the first download starts.
//
// Loaded at run time, so that programs that download nothing neither link nor load it.
#ifndef CCURL_H
#define CCURL_H

#include <stddef.h>
#include <stdint.h>

/// Loads libcurl once; NULL if that went well, else what went wrong.
const char *ccurl_load(void);

/// Body bytes of a successful answer. Return 0 to go on, else the transfer stops.
typedef int (*ccurl_write)(void *context, const void *bytes, size_t count);
/// Status of the answer and length of its body (-1 if not told), before the first byte. Return 0 to go on.
typedef int (*ccurl_start)(void *context, long status, int64_t length);
/// Called at least once a second. Return 0 to go on.
typedef int (*ccurl_tick)(void *context);

typedef struct ccurl_request {
  const char *url;
  const char *user_agent;
  /// First byte to ask for; 0 asks for all.
  int64_t offset;
  long connect_seconds;
  /// Give up after so long with less than a byte a second.
  long stall_seconds;
  long most_redirects;
  void *context;
  ccurl_start start;
  ccurl_write write;
  ccurl_tick tick;
} ccurl_request;

typedef struct ccurl_answer {
  /// libcurl's result code, 0 if all went well.
  int code;
  /// HTTP status of the last answer, 0 if there was none.
  long status;
  char message[256];
} ccurl_answer;

/// One GET over http or https. ccurl_load must have succeeded.
void ccurl_get(const ccurl_request *request, ccurl_answer *answer);

#endif
