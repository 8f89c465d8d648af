/*
 * What jpeg-decoder.wasm exports: one JPEG after another, decoded by libjpeg-turbo into rows of four bytes a pixel (red,
 * green, blue, 255). native-worker/readers/images/jpeg/jpeg-decoder.ts calls these functions, in the order in which they stand here.
 *
 * There is no way out of this module: it imports nothing. What cannot be decoded ends in a trap, which its caller sees
 * as an exception and answers with a fresh instance.
 */
#include <stdint.h>
#define JPEG_INTERNALS
#include "jinclude.h"
#include "jpeglib.h"
#include "jerror.h"
#include "jmemsys.h"

#define EXPORT(name) __attribute__((export_name(name)))

/** Rows are handed over in strips of about so many bytes, small enough to stay in the processor's cache. */
#define STRIP_BYTES 65536
/** More rows than a call of jpeg_read_scanlines ever returns. */
#define ROWS_A_CALL 8
#define PAGE_BYTES 65536
/** Of allocations: a vector may begin at each. */
#define ALIGNMENT 32

/* Memory: everything lies behind the one before and is forgotten when the next picture begins. */

extern uint8_t __heap_base;
static uintptr_t heap_end;

/** NULL when the module may not have so much memory. */
static void *allocate(size_t bytes) {
  uintptr_t start = (heap_end + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1);
  uintptr_t available = (uintptr_t)__builtin_wasm_memory_size(0) * PAGE_BYTES;
  if (start < heap_end || bytes > UINTPTR_MAX - start - PAGE_BYTES) return NULL;
  uintptr_t end = start + bytes;
  if (end > available) {
    size_t pages = (end - available + PAGE_BYTES - 1) / PAGE_BYTES;
    if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1) return NULL;
  }
  heap_end = end;
  return (void *)start;
}

static void *allocate_or_fail(size_t bytes) {
  void *start = allocate(bytes);
  if (start == NULL) __builtin_trap();
  return start;
}

void *jpeg_get_small(j_common_ptr decoder, size_t bytes) { return allocate(bytes); }
void *jpeg_get_large(j_common_ptr decoder, size_t bytes) { return allocate(bytes); }
void jpeg_free_small(j_common_ptr decoder, void *start, size_t bytes) {}
void jpeg_free_large(j_common_ptr decoder, void *start, size_t bytes) {}
size_t jpeg_mem_available(j_common_ptr decoder, size_t least, size_t most, size_t taken) { return most; }
void jpeg_open_backing_store(j_common_ptr decoder, backing_store_ptr store, long bytes) { __builtin_trap(); }
long jpeg_mem_init(j_common_ptr decoder) { return 0; }
void jpeg_mem_term(j_common_ptr decoder) {}

/* Errors end the picture; warnings are counted. */

static void fail(j_common_ptr decoder) { __builtin_trap(); }
static void forget_nothing(j_common_ptr decoder) {}
static void count_warning(j_common_ptr decoder, int level) {
  if (level < 0) decoder->err->num_warnings++;
}

/* The file lies in memory. Behind its end stands an end mark, as often as somebody reads on. */

static const uint8_t end_mark[] = {0xff, JPEG_EOI};

static void do_nothing(j_decompress_ptr decoder) {}
static boolean read_end_mark(j_decompress_ptr decoder) {
  decoder->err->num_warnings++;
  decoder->src->next_input_byte = end_mark;
  decoder->src->bytes_in_buffer = sizeof end_mark;
  return TRUE;
}
static void skip(j_decompress_ptr decoder, long bytes) {
  size_t left = decoder->src->bytes_in_buffer;
  size_t skipped = bytes < 0 ? 0 : (size_t)bytes > left ? left : (size_t)bytes;
  decoder->src->next_input_byte += skipped;
  decoder->src->bytes_in_buffer = left - skipped;
}

static struct jpeg_decompress_struct decoder;
static struct jpeg_error_mgr errors;
static struct jpeg_source_mgr source;
static uint8_t *strip;
static unsigned strip_rows;

/** Forgets the last picture. Returns where the bytes of the next file go. */
EXPORT("room") uint8_t *room(size_t file_bytes) {
  heap_end = (uintptr_t)&__heap_base;
  uint8_t *file = allocate_or_fail(file_bytes);
  errors = (struct jpeg_error_mgr){
      .error_exit = fail,
      .emit_message = count_warning,
      .reset_error_mgr = forget_nothing,
  };
  source = (struct jpeg_source_mgr){
      .next_input_byte = file,
      .bytes_in_buffer = file_bytes,
      .init_source = do_nothing,
      .fill_input_buffer = read_end_mark,
      .skip_input_data = skip,
      .resync_to_restart = jpeg_resync_to_restart,
      .term_source = do_nothing,
  };
  return file;
}

EXPORT("readHeader") void read_header(void) {
  decoder.err = &errors;
  jpeg_create_decompress(&decoder);
  decoder.src = &source;
  jpeg_read_header(&decoder, TRUE);
}
EXPORT("width") unsigned width(void) { return decoder.image_width; }
EXPORT("height") unsigned height(void) { return decoder.image_height; }
/** 1 gray, 3 colour. */
EXPORT("components") int components(void) { return decoder.num_components; }

/** Takes the memory that the picture needs. Returns where `decodeRows` puts rows. */
EXPORT("start") uint8_t *start(void) {
  decoder.out_color_space = JCS_EXT_RGBX;
  decoder.dct_method = JDCT_ISLOW;
  decoder.do_fancy_upsampling = TRUE;
  jpeg_start_decompress(&decoder);
  size_t row_bytes = (size_t)decoder.output_width * 4;
  strip_rows = row_bytes > STRIP_BYTES ? 1 : STRIP_BYTES / row_bytes;
  strip = allocate_or_fail(row_bytes * strip_rows);
  return strip;
}

/** Decodes the rows that follow. Returns how many; 0 when there are no more and the file was read to its end. */
EXPORT("decodeRows") unsigned decode_rows(void) {
  size_t row_bytes = (size_t)decoder.output_width * 4;
  unsigned done = 0;
  while (done < strip_rows && decoder.output_scanline < decoder.output_height) {
    JSAMPROW rows[ROWS_A_CALL];
    for (unsigned row = 0; row < ROWS_A_CALL; row++) rows[row] = strip + row_bytes * (done + row);
    unsigned wanted = strip_rows - done < ROWS_A_CALL ? strip_rows - done : ROWS_A_CALL;
    done += jpeg_read_scanlines(&decoder, rows, wanted);
  }
  if (done == 0) jpeg_finish_decompress(&decoder);
  return done;
}

/** What libjpeg-turbo has objected to so far: damage, or a harmless oddity. */
EXPORT("warnings") long warnings(void) { return errors.num_warnings; }
