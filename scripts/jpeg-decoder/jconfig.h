/* How libjpeg-turbo is built: to decode, eight bits a sample, arithmetic coding too. */
#define JPEG_LIB_VERSION 62
#define D_ARITH_CODING_SUPPORTED 1
#ifndef BITS_IN_JSAMPLE
#define BITS_IN_JSAMPLE 8
#endif
