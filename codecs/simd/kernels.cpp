#include "codecs/simd/kernels.h"

namespace codecs::simd {

const Kernels& kernels_for(Target target) {
#if defined(__x86_64__)
  if (target >= Target::kAvx2) return kAvx2Kernels;
  if (target >= Target::kSse41) return kSse41Kernels;
#endif
  return kScalarKernels;
}

const Kernels& kernels() {
  static const Kernels& table = kernels_for(selected());
  return table;
}

}  // namespace codecs::simd
