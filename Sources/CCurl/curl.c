#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

// Numbers of libcurl's stable binary interface.
enum {
  OPTION_WRITE_DATA = 10001,
  OPTION_URL = 10002,
  OPTION_ERROR_BUFFER = 10010,
  OPTION_USER_AGENT = 10018,
  OPTION_LOW_SPEED_LIMIT = 19,
  OPTION_LOW_SPEED_TIME = 20,
  OPTION_NO_PROGRESS = 43,
  OPTION_FOLLOW_LOCATION = 52,
  OPTION_MAX_REDIRECTS = 68,
  OPTION_CONNECT_TIMEOUT = 78,
  OPTION_NO_SIGNAL = 99,
  OPTION_PROTOCOLS = 181,
  OPTION_REDIRECT_PROTOCOLS = 182,
  OPTION_PROGRESS_DATA = 10057,
  OPTION_WRITE_FUNCTION = 20011,
  OPTION_PROGRESS_FUNCTION = 20219,
  OPTION_RESUME_FROM = 30116,
  INFO_STATUS = 0x200002,
  INFO_LENGTH = 0x60000F,
  PROTOCOL_HTTP = 1,
  PROTOCOL_HTTPS = 2,
};

static struct {
  void *(*init)(void);
  int (*set)(void *, int, ...);
  int (*perform)(void *);
  int (*info)(void *, int, ...);
  void (*cleanup)(void *);
  const char *(*text)(int);
} curl;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *problem;

static void load(void) {
  static const char *const names[] = {
      "libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4", "libcurl.4.dylib"};
  void *library = NULL;
  for (size_t i = 0; i < sizeof names / sizeof *names && !library; i++) library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    problem = "libcurl is not installed";
    return;
  }
  int (*start)(long) = (int (*)(long))dlsym(library, "curl_global_init");
  curl.init = (void *(*)(void))dlsym(library, "curl_easy_init");
  curl.set = (int (*)(void *, int, ...))dlsym(library, "curl_easy_setopt");
  curl.perform = (int (*)(void *))dlsym(library, "curl_easy_perform");
  curl.info = (int (*)(void *, int, ...))dlsym(library, "curl_easy_getinfo");
  curl.cleanup = (void (*)(void *))dlsym(library, "curl_easy_cleanup");
  curl.text = (const char *(*)(int))dlsym(library, "curl_easy_strerror");
  if (!start || !curl.init || !curl.set || !curl.perform || !curl.info || !curl.cleanup || !curl.text) {
    problem = "libcurl lacks a function";
  } else if (start(3) != 0) {
    problem = "libcurl could not start";
  }
}

const char *ccurl_load(void) {
  pthread_once(&once, load);
  return problem;
}

typedef struct {
  const ccurl_request *request;
  void *handle;
  int started;
} transfer;

static size_t on_write(char *bytes, size_t size, size_t count, void *context) {
  transfer *t = context;
  if (!t->started) {
    t->started = 1;
    long status = 0;
    int64_t length = -1;
    curl.info(t->handle, INFO_STATUS, &status);
    curl.info(t->handle, INFO_LENGTH, &length);
    if (t->request->start(t->request->context, status, length)) return 0;
  }
  return t->request->write(t->request->context, bytes, size * count) ? 0 : size * count;
}

static int on_progress(void *context, int64_t a, int64_t b, int64_t c, int64_t d) {
  (void)a, (void)b, (void)c, (void)d;
  const transfer *t = context;
  return t->request->tick(t->request->context);
}

void ccurl_get(const ccurl_request *request, ccurl_answer *answer) {
  memset(answer, 0, sizeof *answer);
  void *handle = curl.init();
  if (!handle) {
    answer->code = 2;
    snprintf(answer->message, sizeof answer->message, "libcurl could not start");
    return;
  }
  transfer t = {request, handle, 0};
  curl.set(handle, OPTION_ERROR_BUFFER, answer->message);
  curl.set(handle, OPTION_URL, request->url);
  curl.set(handle, OPTION_USER_AGENT, request->user_agent);
  curl.set(handle, OPTION_PROTOCOLS, (long)(PROTOCOL_HTTP | PROTOCOL_HTTPS));
  curl.set(handle, OPTION_REDIRECT_PROTOCOLS, (long)(PROTOCOL_HTTP | PROTOCOL_HTTPS));
  curl.set(handle, OPTION_FOLLOW_LOCATION, 1L);
  curl.set(handle, OPTION_MAX_REDIRECTS, request->most_redirects);
  curl.set(handle, OPTION_CONNECT_TIMEOUT, request->connect_seconds);
  curl.set(handle, OPTION_LOW_SPEED_LIMIT, 1L);
  curl.set(handle, OPTION_LOW_SPEED_TIME, request->stall_seconds);
  curl.set(handle, OPTION_NO_SIGNAL, 1L);
  curl.set(handle, OPTION_NO_PROGRESS, 0L);
  curl.set(handle, OPTION_PROGRESS_FUNCTION, on_progress);
  curl.set(handle, OPTION_PROGRESS_DATA, &t);
  curl.set(handle, OPTION_WRITE_FUNCTION, on_write);
  curl.set(handle, OPTION_WRITE_DATA, &t);
  if (request->offset > 0) curl.set(handle, OPTION_RESUME_FROM, request->offset);
  answer->code = curl.perform(handle);
  curl.info(handle, INFO_STATUS, &answer->status);
  if (answer->code != 0 && !answer->message[0]) {
    snprintf(answer->message, sizeof answer->message, "%s", curl.text(answer->code));
  }
  curl.cleanup(handle);
}
