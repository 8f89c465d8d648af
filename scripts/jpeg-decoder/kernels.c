/*
 * The four steps that take most of the time after Huffman decoding, with the vectors of WebAssembly, in place of
 * libjpeg-turbo's machine code: the accurate inverse transform, smooth upsampling in one and in both directions, and YCbCr to RGB. Each
 * gives the same values, to the bit, as jidctint.c, jdsample.c and jdcolor.c in the same library, whose formulas these are.
 */
#include <wasm_simd128.h>
#define JPEG_INTERNALS
#include "jinclude.h"
#include "jpeglib.h"
#include "jsimd.h"
#include "jdct.h"
#include "jsimddct.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Which of its functions libjpeg-turbo is to replace. */

int jsimd_can_idct_islow(void) { return 1; }
int jsimd_can_h2v1_fancy_upsample(void) { return 1; }
int jsimd_can_h2v2_fancy_upsample(void) { return 1; }
int jsimd_can_ycc_rgb(void) { return 1; }
int jsimd_can_h2v1_upsample(void) { return 0; }
int jsimd_can_h2v2_upsample(void) { return 0; }

/* The inverse transform. */

/** Constants of jidctint.c: so many 8192nds. */
enum {
  FIX_0_298631336 = 2446,
  FIX_0_390180644 = 3196,
  FIX_0_541196100 = 4433,
  FIX_0_765366865 = 6270,
  FIX_0_899976223 = 7373,
  FIX_1_175875602 = 9633,
  FIX_1_501321110 = 12299,
  FIX_1_847759065 = 15137,
  FIX_1_961570560 = 16069,
  FIX_2_053119869 = 16819,
  FIX_2_562915447 = 20995,
  FIX_3_072711026 = 25172,
  CONST_BITS = 13,
  PASS1_BITS = 2,
};

#define INTERLEAVED_LOW(a, b) wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define INTERLEAVED_HIGH(a, b) wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15)

/** Eight numbers of 32 bits. */
typedef struct {
  v128_t low, high;
} wide;

/** Two numbers of 16 bits in each of eight places. */
ALWAYS_INLINE wide pairs(v128_t a, v128_t b) { return (wide){INTERLEAVED_LOW(a, b), INTERLEAVED_HIGH(a, b)}; }
/** a × `by_a` + b × `by_b` of pairs. */
#define WEIGHTED(pairs, by_a, by_b) \
  weighted(pairs, wasm_i16x8_const(by_a, by_b, by_a, by_b, by_a, by_b, by_a, by_b))
ALWAYS_INLINE wide weighted(wide pairs, v128_t by) {
  return (wide){wasm_i32x4_dot_i16x8(pairs.low, by), wasm_i32x4_dot_i16x8(pairs.high, by)};
}
ALWAYS_INLINE wide sum(wide a, wide b) {
  return (wide){wasm_i32x4_add(a.low, b.low), wasm_i32x4_add(a.high, b.high)};
}
ALWAYS_INLINE wide difference(wide a, wide b) {
  return (wide){wasm_i32x4_sub(a.low, b.low), wasm_i32x4_sub(a.high, b.high)};
}
ALWAYS_INLINE wide shifted_left(v128_t a, int bits) {
  return (wide){wasm_i32x4_shl(wasm_i32x4_extend_low_i16x8(a), bits),
                wasm_i32x4_shl(wasm_i32x4_extend_high_i16x8(a), bits)};
}
/** Divided by 2 to the power of `bits`, rounded, as 16 bits again. */
ALWAYS_INLINE v128_t descaled(wide a, int bits) {
  v128_t half = wasm_i32x4_splat(1 << (bits - 1));
  return wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(wasm_i32x4_add(a.low, half), bits),
                                 wasm_i32x4_shr(wasm_i32x4_add(a.high, half), bits));
}

/** Transforms eight columns at once; each element of `r` is a row. */
ALWAYS_INLINE void transform_columns(v128_t r[8], int bits) {
  wide z23 = pairs(r[2], r[6]);
  wide even2 = WEIGHTED(z23, FIX_0_541196100, FIX_0_541196100 - FIX_1_847759065);
  wide even3 = WEIGHTED(z23, FIX_0_541196100 + FIX_0_765366865, FIX_0_541196100);
  wide even0 = shifted_left(wasm_i16x8_add(r[0], r[4]), CONST_BITS);
  wide even1 = shifted_left(wasm_i16x8_sub(r[0], r[4]), CONST_BITS);
  wide a0 = sum(even0, even3), a3 = difference(even0, even3);
  wide a1 = sum(even1, even2), a2 = difference(even1, even2);

  wide z34 = pairs(wasm_i16x8_add(r[7], r[3]), wasm_i16x8_add(r[5], r[1]));
  wide z3 = WEIGHTED(z34, FIX_1_175875602 - FIX_1_961570560, FIX_1_175875602);
  wide z4 = WEIGHTED(z34, FIX_1_175875602, FIX_1_175875602 - FIX_0_390180644);
  wide r71 = pairs(r[7], r[1]), r53 = pairs(r[5], r[3]);
  wide odd0 = sum(WEIGHTED(r71, FIX_0_298631336 - FIX_0_899976223, -FIX_0_899976223), z3);
  wide odd3 = sum(WEIGHTED(r71, -FIX_0_899976223, FIX_1_501321110 - FIX_0_899976223), z4);
  wide odd1 = sum(WEIGHTED(r53, FIX_2_053119869 - FIX_2_562915447, -FIX_2_562915447), z4);
  wide odd2 = sum(WEIGHTED(r53, -FIX_2_562915447, FIX_3_072711026 - FIX_2_562915447), z3);

  r[0] = descaled(sum(a0, odd3), bits);
  r[7] = descaled(difference(a0, odd3), bits);
  r[1] = descaled(sum(a1, odd2), bits);
  r[6] = descaled(difference(a1, odd2), bits);
  r[2] = descaled(sum(a2, odd1), bits);
  r[5] = descaled(difference(a2, odd1), bits);
  r[3] = descaled(sum(a3, odd0), bits);
  r[4] = descaled(difference(a3, odd0), bits);
}

ALWAYS_INLINE void transpose(v128_t r[8]) {
  wide p0 = pairs(r[0], r[1]), p2 = pairs(r[2], r[3]), p4 = pairs(r[4], r[5]), p6 = pairs(r[6], r[7]);
#define FOURS(to, first, second)                        \
  v128_t to##0 = wasm_i32x4_shuffle(first.low, second.low, 0, 4, 1, 5);   \
  v128_t to##1 = wasm_i32x4_shuffle(first.low, second.low, 2, 6, 3, 7);   \
  v128_t to##2 = wasm_i32x4_shuffle(first.high, second.high, 0, 4, 1, 5); \
  v128_t to##3 = wasm_i32x4_shuffle(first.high, second.high, 2, 6, 3, 7);
  FOURS(top, p0, p2)
  FOURS(bottom, p4, p6)
#define EIGHTS(row, part)                                           \
  r[row] = wasm_i64x2_shuffle(top##part, bottom##part, 0, 2);       \
  r[row + 1] = wasm_i64x2_shuffle(top##part, bottom##part, 1, 3);
  EIGHTS(0, 0)
  EIGHTS(2, 1)
  EIGHTS(4, 2)
  EIGHTS(6, 3)
}

void jsimd_idct_islow(j_decompress_ptr decoder, jpeg_component_info *component, JCOEFPTR block, JSAMPARRAY rows,
                      JDIMENSION column) {
  const ISLOW_MULT_TYPE *table = component->dct_table;
  v128_t r[8];
  for (int row = 0; row < 8; row++) r[row] = wasm_v128_load(block + 8 * row);
  v128_t top = wasm_v128_or(wasm_v128_or(r[1], r[2]), r[3]);
  v128_t bottom = wasm_v128_or(wasm_v128_or(r[4], r[5]), wasm_v128_or(r[6], r[7]));
  if (wasm_v128_any_true(wasm_v128_or(top, bottom))) {
    for (int row = 0; row < 8; row++) r[row] = wasm_i16x8_mul(r[row], wasm_v128_load(table + 8 * row));
    transform_columns(r, CONST_BITS - PASS1_BITS);
    transpose(r);
  } else {
    // Every column is flat.
    v128_t flat = wasm_i16x8_shl(wasm_i16x8_mul(r[0], wasm_v128_load(table)), PASS1_BITS);
#define SPREAD(lane) r[lane] = wasm_i16x8_splat(wasm_i16x8_extract_lane(flat, lane))
    SPREAD(0), SPREAD(1), SPREAD(2), SPREAD(3), SPREAD(4), SPREAD(5), SPREAD(6), SPREAD(7);
  }
  transform_columns(r, CONST_BITS + PASS1_BITS + 3);
  transpose(r);
  for (int row = 0; row < 8; row += 2) {
    v128_t levels = wasm_i8x16_add(wasm_i8x16_narrow_i16x8(r[row], r[row + 1]), wasm_i8x16_const_splat(CENTERJSAMPLE - 256));
    wasm_v128_store64_lane(rows[row] + column, levels, 0);
    wasm_v128_store64_lane(rows[row + 1] + column, levels, 1);
  }
}

/* Smooth upsampling: the nearer sample counts three times. Rows have at least three samples. */

/** Eight pairs of bytes from two vectors of numbers up to 255. */
ALWAYS_INLINE void store_pairs(JSAMPLE *to, v128_t even, v128_t odd) {
  wasm_v128_store(to, wasm_v128_or(even, wasm_i16x8_shl(odd, 8)));
}
ALWAYS_INLINE v128_t three_and_one(v128_t near, v128_t far) {
  return wasm_i16x8_add(wasm_i16x8_add(near, wasm_i16x8_shl(near, 1)), far);
}
ALWAYS_INLINE v128_t divided(v128_t a, int rounding, int bits) {
  return wasm_u16x8_shr(wasm_i16x8_add(a, wasm_i16x8_splat(rounding)), bits);
}

static void widen(const JSAMPLE *from, JSAMPLE *to, unsigned width) {
  unsigned last = width - 1, at = 1;
  to[0] = from[0];
  to[1] = (from[0] * 3 + from[1] + 2) >> 2;
  for (; at + 8 <= last; at += 8) {
    v128_t near = wasm_u16x8_load8x8(from + at);
    store_pairs(to + 2 * at, divided(three_and_one(near, wasm_u16x8_load8x8(from + at - 1)), 1, 2),
                divided(three_and_one(near, wasm_u16x8_load8x8(from + at + 1)), 2, 2));
  }
  for (; at < last; at++) {
    to[2 * at] = (from[at] * 3 + from[at - 1] + 1) >> 2;
    to[2 * at + 1] = (from[at] * 3 + from[at + 1] + 2) >> 2;
  }
  to[2 * last] = (from[last] * 3 + from[last - 1] + 1) >> 2;
  to[2 * last + 1] = from[last];
}

void jsimd_h2v1_fancy_upsample(j_decompress_ptr decoder, jpeg_component_info *component, JSAMPARRAY from,
                               JSAMPARRAY *to) {
  for (int row = 0; row < decoder->max_v_samp_factor; row++) {
    widen(from[row], (*to)[row], component->downsampled_width);
  }
}

/** `far`: the row on the other side, of which a quarter is mixed in. */
static void widen_between(const JSAMPLE *near, const JSAMPLE *far, JSAMPLE *to, unsigned width) {
#define MIXED(at) (near[at] * 3 + far[at])
#define MIXED_VECTOR(at) three_and_one(wasm_u16x8_load8x8(near + (at)), wasm_u16x8_load8x8(far + (at)))
  unsigned last = width - 1, at = 1;
  to[0] = (MIXED(0) * 4 + 8) >> 4;
  to[1] = (MIXED(0) * 3 + MIXED(1) + 7) >> 4;
  for (; at + 8 <= last; at += 8) {
    v128_t middle = MIXED_VECTOR(at);
    store_pairs(to + 2 * at, divided(three_and_one(middle, MIXED_VECTOR(at - 1)), 8, 4),
                divided(three_and_one(middle, MIXED_VECTOR(at + 1)), 7, 4));
  }
  for (; at < last; at++) {
    to[2 * at] = (MIXED(at) * 3 + MIXED(at - 1) + 8) >> 4;
    to[2 * at + 1] = (MIXED(at) * 3 + MIXED(at + 1) + 7) >> 4;
  }
  to[2 * last] = (MIXED(last) * 3 + MIXED(last - 1) + 8) >> 4;
  to[2 * last + 1] = (MIXED(last) * 4 + 7) >> 4;
}

void jsimd_h2v2_fancy_upsample(j_decompress_ptr decoder, jpeg_component_info *component, JSAMPARRAY from,
                               JSAMPARRAY *to) {
  for (int row = 0; row < decoder->max_v_samp_factor; row += 2) {
    const JSAMPLE *near = from[row / 2];
    widen_between(near, from[row / 2 - 1], (*to)[row], component->downsampled_width);
    widen_between(near, from[row / 2 + 1], (*to)[row + 1], component->downsampled_width);
  }
}

/*
 * Colours. The weights of jdcolor.c (65536ths: red 91881 Cr, green −22554 Cb − 46802 Cr, blue 116130 Cb), less the whole
 * Cr and Cb that fit in, as 32768ths. Halving 26345 rounds it, which changes none of the 256 results.
 */
enum { RED_CR = 13173, GREEN_CB = -11277, GREEN_CR = 9367, BLUE_CB = -7471 };

static JSAMPLE level(int value) { return value < 0 ? 0 : value > 255 ? 255 : value; }

static void colour_row(const JSAMPLE *luma, const JSAMPLE *blues, const JSAMPLE *reds, JSAMPLE *to, unsigned width) {
  const v128_t centre = wasm_i16x8_const_splat(CENTERJSAMPLE), opaque = wasm_i16x8_const_splat(255);
  unsigned at = 0;
  for (; at + 8 <= width; at += 8) {
    v128_t y = wasm_u16x8_load8x8(luma + at);
    v128_t cb = wasm_i16x8_sub(wasm_u16x8_load8x8(blues + at), centre);
    v128_t cr = wasm_i16x8_sub(wasm_u16x8_load8x8(reds + at), centre);
    v128_t to_red = wasm_i16x8_add(cr, wasm_i16x8_q15mulr_sat(cr, wasm_i16x8_const_splat(RED_CR)));
    v128_t to_green = wasm_i16x8_sub(descaled(WEIGHTED(pairs(cb, cr), GREEN_CB, GREEN_CR), 15), cr);
    v128_t to_blue = wasm_i16x8_add(wasm_i16x8_shl(cb, 1), wasm_i16x8_q15mulr_sat(cb, wasm_i16x8_const_splat(BLUE_CB)));
    v128_t red_blue = wasm_u8x16_narrow_i16x8(wasm_i16x8_add(y, to_red), wasm_i16x8_add(y, to_blue));
    v128_t green_opaque = wasm_u8x16_narrow_i16x8(wasm_i16x8_add(y, to_green), opaque);
    v128_t red_green = wasm_i8x16_shuffle(red_blue, green_opaque, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    v128_t blue_opaque =
        wasm_i8x16_shuffle(red_blue, green_opaque, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    wasm_v128_store(to + 4 * at, INTERLEAVED_LOW(red_green, blue_opaque));
    wasm_v128_store(to + 4 * at + 16, INTERLEAVED_HIGH(red_green, blue_opaque));
  }
  for (; at < width; at++) {
    int y = luma[at], cb = blues[at] - CENTERJSAMPLE, cr = reds[at] - CENTERJSAMPLE;
    to[4 * at] = level(y + cr + ((RED_CR * cr + 16384) >> 15));
    to[4 * at + 1] = level(y - cr + ((GREEN_CB * cb + GREEN_CR * cr + 16384) >> 15));
    to[4 * at + 2] = level(y + 2 * cb + ((BLUE_CB * cb + 16384) >> 15));
    to[4 * at + 3] = 255;
  }
}

/** decoder.c asks for pixels of four bytes and for no others. */
void jsimd_ycc_rgb_convert(j_decompress_ptr decoder, JSAMPIMAGE planes, JDIMENSION row, JSAMPARRAY to, int rows) {
  for (int done = 0; done < rows; done++, row++) {
    colour_row(planes[0][row], planes[1][row], planes[2][row], to[done], decoder->output_width);
  }
}
