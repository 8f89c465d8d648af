/* How libjpeg-turbo is built: what only its own files see. WITH_SIMD: kernels.c takes the place of its machine code. */
#define INLINE __inline__ __attribute__((always_inline))
#define FALLTHROUGH __attribute__((fallthrough));
#define SIZEOF_SIZE_T 4
#define HAVE_BUILTIN_CTZL
#define WITH_SIMD 1
