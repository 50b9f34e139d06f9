/* A PKCS#11 module in front of another one that misbehaves as tokens in the field do.
 *
 * MISBEHAVING_MODULE  the module that does the work
 * MISBEHAVING_FOLDER  holds two files: "mode", read at each call, and "calls", to which a line is added for
 *                     each C_Login and C_Sign
 *
 * "mode" is a word, the number of signatures still made rightly, and every how manyth is then made wrongly:
 * "flip 3 1". No file, or "right", is a token as it should be.
 *
 * Odd forms:  minimal  r and s without their leading zeros; the same of an RSA signature
 *             pad      a zero in front of r and of s; the same of an RSA signature
 *             der      r and s in a SEQUENCE
 *             signed   r and s as Java writes numbers: a zero in front only where the first bit is set
 * Wrong:      flip     one bit
 *             lost     two octets less, whatever they are
 *             swap     s before r
 *             bytes    the signature of other data
 *             other    the signature of the key labelled "other"
 *             zeros    as long as it should be, and nothing in it
 *             random   octets without a meaning
 *             empty    none at all
 *             huge     a length that no buffer has
 *             device   CKR_DEVICE_ERROR
 *             hang     nothing returns, C_Login neither, until the mode is another
 *             odd      a return value of no meaning
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long ulong;
typedef unsigned char byte;

typedef struct {
  byte version[2];
  void *functions[68];
} function_list;

typedef struct {
  ulong type;
  void *value;
  ulong length;
} attribute;

enum { LOGIN = 18, FIND_INIT = 26, FIND = 27, FIND_FINAL = 28, SIGN_INIT = 42, SIGN = 43 };
enum { OK = 0, DEVICE_ERROR = 0x30, NO_MEANING = 0x7a57e, MAX = 8192 };

static function_list ours;
static function_list *theirs;
static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;
static char counted[64];
static long signatures;

static void in_folder(char *path, size_t size, const char *name) {
  const char *folder = getenv("MISBEHAVING_FOLDER");
  snprintf(path, size, "%s/%s", folder ? folder : "/nonexistent", name);
}

static void note(const char *line) {
  char path[4096];
  in_folder(path, sizeof path, "calls");
  int file = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
  if (file < 0) return;
  if (write(file, line, strlen(line)) < 0) perror(path);
  close(file);
}

/* The word, or "right" if this call is to be made rightly. Counts it. */
static void mode(char word[32], int is_signature) {
  char path[4096], line[64] = "right";
  long rightly = 0, every = 1;
  in_folder(path, sizeof path, "mode");
  FILE *file = fopen(path, "r");
  if (file) {
    if (!fgets(line, sizeof line, file)) strcpy(line, "right");
    fclose(file);
  }
  strcpy(word, "right");
  if (sscanf(line, "%31s %ld %ld", word, &rightly, &every) < 3 || every < 1) every = 1;
  pthread_mutex_lock(&counting);
  if (strcmp(counted, line)) {
    strcpy(counted, line);
    signatures = 0;
  }
  long number = is_signature ? signatures++ : signatures;
  pthread_mutex_unlock(&counting);
  if (number < rightly || (number - rightly) % every) strcpy(word, "right");
}

static int is(const char *word, const char *wanted) { return strcmp(word, wanted) == 0; }

static void hang(char word[32]) {
  for (mode(word, 0); is(word, "hang"); mode(word, 0)) usleep(20000);
}

static ulong minimal(byte *out, const byte *number, ulong length) {
  while (length > 1 && !*number) number++, length--;
  memcpy(out, number, length);
  return length;
}

static ulong signed_number(byte *out, const byte *number, ulong length) {
  ulong shortened = minimal(out + 1, number, length);
  if (out[1] & 0x80) {
    out[0] = 0;
    return shortened + 1;
  }
  memmove(out, out + 1, shortened);
  return shortened;
}

static ulong padded(byte *out, const byte *number, ulong length) {
  out[0] = 0;
  memcpy(out + 1, number, length);
  return length + 1;
}

static ulong header(byte *out, byte tag, ulong length) {
  out[0] = tag;
  if (length < 0x80) {
    out[1] = (byte)length;
    return 2;
  }
  out[1] = 0x81;
  out[2] = (byte)length;
  return 3;
}

static ulong integer(byte *out, const byte *number, ulong length) {
  byte content[MAX];
  ulong size = signed_number(content, number, length), begin = header(out, 2, size);
  memcpy(out + begin, content, size);
  return begin + size;
}

static ulong sequence(byte *out, const byte *made, ulong half) {
  byte content[MAX];
  ulong size = integer(content, made, half);
  size += integer(content + size, made + half, half);
  ulong begin = header(out, 0x30, size);
  memcpy(out + begin, content, size);
  return begin + size;
}

/* RSA signatures are 256 octets and more, and one number. */
static ulong numbers(ulong (*form)(byte *, const byte *, ulong), byte *out, const byte *made, ulong length) {
  if (length >= 256) return form(out, made, length);
  ulong first = form(out, made, length / 2);
  return first + form(out + first, made + length / 2, length / 2);
}

static ulong misbehave(const char *word, byte *out, const byte *made, ulong length) {
  if (is(word, "minimal")) return numbers(minimal, out, made, length);
  if (is(word, "pad")) return numbers(padded, out, made, length);
  if (is(word, "signed")) return numbers(signed_number, out, made, length);
  if (is(word, "der") && length < 256) return sequence(out, made, length / 2);
  memcpy(out, made, length);
  if (is(word, "flip")) out[length / 3] ^= 4;
  if (is(word, "lost")) memmove(out, out + 2, length -= 2);
  if (is(word, "zeros")) memset(out, 0, length);
  if (is(word, "empty")) return 0;
  if (is(word, "random"))
    for (ulong i = 0; i < length; i++) out[i] = (byte)(i * 151 + 7);
  if (is(word, "swap")) {
    memcpy(out, made + length / 2, length / 2);
    memcpy(out + length / 2, made, length / 2);
  }
  return length;
}

static ulong sign(ulong session, byte *data, ulong size, byte *out, ulong *length) {
  ulong (*real)(ulong, byte *, ulong, byte *, ulong *) = theirs->functions[SIGN];
  byte made[MAX], changed[2 * MAX], other[MAX];
  ulong got = sizeof made;
  char word[32];
  if (!out) return real(session, data, size, out, length);
  note("C_Sign\n");
  hang(word);
  mode(word, 1);
  if (is(word, "bytes") && size > 0 && size <= sizeof other) {
    memcpy(other, data, size);
    other[size - 1] ^= 1;
    data = other;
  }
  ulong result = real(session, data, size, made, &got);
  if (result != OK) return result;
  if (is(word, "device")) return DEVICE_ERROR;
  if (is(word, "odd")) return NO_MEANING;
  if (is(word, "huge")) {
    *length = (ulong)1 << 40;
    return OK;
  }
  ulong now = misbehave(word, changed, made, got);
  memcpy(out, changed, now);
  *length = now;
  return OK;
}

/* As after a failover to a node where the handle is another key's. */
static ulong sign_init(ulong session, void *mechanism, ulong key) {
  ulong (*real)(ulong, void *, ulong) = theirs->functions[SIGN_INIT];
  ulong (*find_init)(ulong, attribute *, ulong) = theirs->functions[FIND_INIT];
  ulong (*find)(ulong, ulong *, ulong, ulong *) = theirs->functions[FIND];
  ulong (*find_final)(ulong) = theirs->functions[FIND_FINAL];
  char word[32];
  mode(word, 0);
  if (is(word, "other")) {
    ulong private = 3, found = 0, other = 0;
    attribute wanted[] = {{0, &private, sizeof private}, {3, "other", 5}};
    if (find_init(session, wanted, 2) == OK) {
      find(session, &other, 1, &found);
      find_final(session);
    }
    if (found == 1) key = other;
  }
  return real(session, mechanism, key);
}

static ulong login(ulong session, ulong user, byte *pin, ulong length) {
  ulong (*real)(ulong, ulong, byte *, ulong) = theirs->functions[LOGIN];
  char word[32];
  hang(word);
  ulong result = real(session, user, pin, length);
  char line[64];
  snprintf(line, sizeof line, "C_Login 0x%lx\n", result);
  note(line);
  return result;
}

ulong C_GetFunctionList(function_list **list) {
  const char *module = getenv("MISBEHAVING_MODULE");
  void *library = module ? dlopen(module, RTLD_NOW | RTLD_LOCAL) : NULL;
  ulong (*real)(function_list **) =
      library ? (ulong(*)(function_list **))dlsym(library, "C_GetFunctionList") : NULL;
  if (!real) return 5;
  ulong result = real(&theirs);
  if (result != OK) return result;
  ours = *theirs;
  ours.functions[LOGIN] = login;
  ours.functions[SIGN_INIT] = sign_init;
  ours.functions[SIGN] = sign;
  *list = &ours;
  return OK;
}
