/// \file
/// The kernels in SSE4.1 instructions; compiled for them, and called only where the CPU has them.

#include "codecs/simd/kernels_vector.h"
#include "codecs/simd/vec_sse41.h"

namespace codecs::simd {

constinit const Kernels kSse41Kernels = VectorKernels<Sse41>::table();

}  // namespace codecs::simd
