/// \file
/// The kernels in AVX2 instructions; compiled for them, and called only where the CPU has them.

#include "codecs/simd/kernels_vector.h"
#include "codecs/simd/vec_avx2.h"

namespace codecs::simd {

constinit const Kernels kAvx2Kernels = VectorKernels<Avx2>::table();

}  // namespace codecs::simd
